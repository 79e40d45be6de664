package locals

import "runtime/metrics"

// The kind and the unit are the metric's.
func right() uint64 {
	s := make([]metrics.Sample, 2)
	s[0] = metrics.Sample{Name: "/gc/heap/frees:byte"}
	s[1].Name = "/cpu/classes/gc/total:seconds"
	metrics.Read(s)
	v := s[0].Value
	one := &s[1]
	println(one.Value.Float64())
	return v.Uint64()
}
