package simulate

import (
	"math"
	"math/rand/v2"
	"time"
)

// dice draws what is left to chance.
type dice struct{ *rand.Rand }

// chance is true with probability p.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// between is evenly spread over [lo, hi), or lo when that is empty.
func (d dice) between(lo, hi time.Duration) time.Duration {
	if hi <= lo {
		return lo
	}
	return lo + time.Duration(d.Int64N(int64(hi-lo)))
}

// wait is the time until the next arrival of a Poisson process with this mean.
func (d dice) wait(mean time.Duration) time.Duration {
	return time.Duration(d.ExpFloat64() * float64(mean))
}

// around is a handling time with this mean: log-normal, as measured ones are,
// and never more than six times off.
func (d dice) around(mean time.Duration) time.Duration {
	const sigma = 0.6
	f := math.Exp(sigma*d.NormFloat64() - sigma*sigma/2)
	return time.Duration(min(max(f, 1.0/6), 6) * float64(mean))
}
