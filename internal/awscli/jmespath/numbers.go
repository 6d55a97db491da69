package jmespath

import (
	"math"
	"math/big"

	"rollcall/internal/awscli/value"
)

// The bodies of the functions of numbers. An integer stays one.

func abs(args []any) (any, error) {
	switch n := args[0].(type) {
	case *big.Int:
		return new(big.Int).Abs(n), nil
	case float64:
		return math.Abs(n), nil
	default:
		return nil, nil
	}
}

func ceil(args []any) (any, error) {
	return whole(args[0], math.Ceil)
}

func floor(args []any) (any, error) {
	return whole(args[0], math.Floor)
}

// whole returns the integer to which round takes v.
func whole(v any, round func(float64) float64) (any, error) {
	f, ok := v.(float64)
	switch {
	case !ok:
		return v, nil
	case math.IsNaN(f):
		return nil, failf("cannot convert float NaN to integer")
	case math.IsInf(f, 0):
		return nil, failf("cannot convert float infinity to integer")
	}
	n, _ := big.NewFloat(round(f)).Int(nil)
	return n, nil
}

func avg(args []any) (any, error) {
	list := items(args[0])
	if len(list) == 0 {
		return nil, nil
	}
	total, err := sum(args)
	if err != nil {
		return nil, err
	}
	switch n := total.(type) {
	case *big.Int:
		mean, _ := new(big.Rat).SetFrac(n, big.NewInt(int64(len(list)))).Float64()
		return mean, nil
	case float64:
		return n / float64(len(list)), nil
	default:
		return nil, nil
	}
}

// sum adds integers exactly. As soon as a float is among them it adds floats,
// and makes up for what each addition rounds off (Neumaier's summation).
func sum(args []any) (any, error) {
	whole, total, lost, floats := new(big.Int), 0.0, 0.0, false
	for _, item := range items(args[0]) {
		var f float64
		switch n := item.(type) {
		case *big.Int:
			if !floats {
				whole.Add(whole, n)
				continue
			}
			f, _ = new(big.Float).SetInt(n).Float64()
		case float64:
			if !floats {
				total, _ = new(big.Float).SetInt(whole).Float64()
				floats = true
			}
			f = n
		}
		next := total + f
		if math.Abs(total) >= math.Abs(f) {
			lost += (total - next) + f
		} else {
			lost += (f - next) + total
		}
		total = next
	}
	switch {
	case !floats:
		return whole, nil
	case math.IsNaN(lost) || math.IsInf(lost, 0):
		return total, nil
	default:
		return total + lost, nil
	}
}

func toNumber(args []any) (any, error) {
	switch v := args[0].(type) {
	case *big.Int, float64:
		return v, nil
	case string:
		if n, ok := value.ParseInt(v); ok {
			return n, nil
		}
		if f, ok := value.ParseFloat(v); ok {
			return f, nil
		}
	}
	return nil, nil
}
