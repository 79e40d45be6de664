package asked

import "runtime/metrics"

// The real metric is an integer, which a variable is asked for as another number.
func threads() float64 {
	var s [1]metrics.Sample
	s[0].Name = "/sched/gomaxproc:threads" // keeps: other-kind
	metrics.Read(s[:])
	v := s[0].Value
	return v.Float64()
}

func number(value metrics.Value) float64 { return value.Float64() }

// In a function of the package.
func goroutines() float64 {
	s := []metrics.Sample{{Name: "/sched/gorutines:goroutines"}} // keeps: other-kind
	metrics.Read(s)
	return number(s[0].Value)
}

// No case of the switch is for a histogram.
func waits() float64 {
	s := []metrics.Sample{{Name: "/sched/latency:seconds"}} // advice: kind-not-seen
	metrics.Read(s)
	switch v := s[0].Value; v.Kind() {
	case metrics.KindUint64:
		return float64(v.Uint64())
	case metrics.KindFloat64:
		return v.Float64()
	default:
		panic("another kind")
	}
}

// Whoever calls it asks.
func value() metrics.Value {
	s := []metrics.Sample{{Name: "/gc/heap/goals:bytes"}} // advice: kind-not-seen
	metrics.Read(s)
	return s[0].Value
}

const goal = "/gc/heap/live:byte" // keeps: other-kind

func byConstant() metrics.Sample {
	return metrics.Sample{Name: goal}
}
