package locals

import "runtime/metrics"

// What is asked is reached by other variables.
func pointed() float64 {
	s := []metrics.Sample{{Name: "/sched/gomaxproc:threads"}} // keeps: other-kind
	metrics.Read(s)
	v := &s[0].Value
	return v.Float64()
}

func assignedValue() float64 {
	s := []metrics.Sample{{Name: "/sched/gomaxproc:threads"}} // keeps: other-kind
	metrics.Read(s)
	var v metrics.Value
	v = s[0].Value
	get := v.Float64
	return get()
}

func ofSample() float64 {
	s := []metrics.Sample{{Name: "/sched/gomaxproc:threads"}} // keeps: other-kind
	metrics.Read(s)
	one := &s[0]
	two := one
	return two.Value.Float64()
}

func wholeSample() (sum float64) {
	s := make([]metrics.Sample, 1)
	s[0] = metrics.Sample{Name: "/sched/gomaxproc:threads"} // keeps: other-kind
	metrics.Read(s)
	for _, one := range s {
		v := one.Value
		if v.Kind() != metrics.KindBad {
			sum += v.Float64()
		}
	}
	return sum
}

// A number in another unit would mean something else.
func nanoseconds() float64 {
	s := []metrics.Sample{{Name: "/sync/mutex/wait/total:nanoseconds"}} // advice: other-unit
	metrics.Read(s)
	return s[0].Value.Float64() / 1e9
}

func count() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:count"}} // advice: other-unit
	metrics.Read(s)
	return s[0].Value.Uint64()
}
