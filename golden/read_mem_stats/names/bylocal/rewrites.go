package bylocal

import (
	"log"
	rt "runtime"
)

type sink struct{ last uint64 }

func (s *sink) Gauge(value uint64) { s.last = value }

// The parameter has the name of the package.
func export(metrics *sink) {
	var m rt.MemStats
	rt.ReadMemStats(&m)
	metrics.Gauge(m.HeapAlloc)
}

// The package's usual name is free here.
func print(s *sink) {
	stats := &rt.MemStats{}
	rt.ReadMemStats(stats)
	log.Println(stats.NumGC, rt.NumCPU())
}

// A struct has a field of this name, which is no obstacle.
func field(s struct{ metrics, samples int }) uint64 {
	var m rt.MemStats
	rt.ReadMemStats(&m)
	return m.Sys + uint64(s.metrics+s.samples)
}
