package main

import (
	"cmp"
	"slices"
	"time"
)

// measure is what one run of the load generator found.
type measure struct {
	Requests  int // within the time, whose latencies count
	Asked     int // with those of the warm-up
	Errors    int
	FirstWhy  string // of the errors
	Bytes     int    // of all answers' bodies
	Took      time.Duration
	P50, P99  time.Duration
	Max       time.Duration
	PerSecond float64
	CPU       time.Duration // processor time of the server for one request; 0 where nobody looked
	ClientCPU time.Duration // the load generator's, for one request
}

func newMeasure(latencies []time.Duration, took time.Duration) measure {
	slices.Sort(latencies)
	m := measure{Requests: len(latencies), Took: took}
	if len(latencies) == 0 {
		return m
	}
	m.P50, m.P99, m.Max = quantile(latencies, 0.50), quantile(latencies, 0.99), latencies[len(latencies)-1]
	m.PerSecond = float64(len(latencies)) / took.Seconds()
	return m
}

// quantile of a sorted list that isn't empty: the nearest rank.
func quantile[T cmp.Ordered](sorted []T, q float64) T {
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// median of a list that isn't empty. It does not change the list.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if n := len(sorted); n%2 == 0 {
		return (sorted[n/2-1] + sorted[n/2]) / 2
	}
	return sorted[len(sorted)/2]
}

// pair is the same figure, ours and beside it, one measured directly after the
// other.
type pair struct{ Ours, Beside float64 }

type pairs []pair

// ratio is the median of the pairs' ratios, ours over beside.
func (p pairs) ratio() float64 {
	return median(p.each(func(p pair) float64 { return p.Ours / p.Beside }))
}

func (p pairs) ours() float64   { return median(p.each(func(p pair) float64 { return p.Ours })) }
func (p pairs) beside() float64 { return median(p.each(func(p pair) float64 { return p.Beside })) }

func (p pairs) each(value func(pair) float64) []float64 {
	values := make([]float64, len(p))
	for i := range p {
		values[i] = value(p[i])
	}
	return values
}
