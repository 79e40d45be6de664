package byimport

import (
	"runtime"
	"runtime/metrics"
)

func sys() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys
}

func all() int {
	return len(metrics.All())
}
