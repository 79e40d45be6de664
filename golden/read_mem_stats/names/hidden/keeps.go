package hidden

import (
	"runtime"
	rm "runtime/metrics"
)

func hiddenFurtherIn(n int) {
	var m runtime.MemStats
	if rm := n; rm > 0 {
		runtime.ReadMemStats(&m) // advice: not-nameable
		println(m.Sys)
	}
	_ = rm.All
}

func hiddenAll(rm int) uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: not-nameable
	return m.HeapSys + uint64(rm)
}
