package go116

import "runtime"

func sys() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys
}

// The metrics of allocations came with Go 1.17; those of live objects did not.
func live() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs - m.Frees
}
