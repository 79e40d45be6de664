package tests

import (
	"runtime"
	"testing"
)

// Tests compare what was allocated; no finding at all.
func TestAllocations(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_ = make([]byte, 1<<20)
	runtime.ReadMemStats(&after)
	if after.TotalAlloc == before.TotalAlloc {
		t.Log("nothing allocated")
	}
}

func BenchmarkNothing(b *testing.B) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc), "heap")
}

func helper() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys
}
