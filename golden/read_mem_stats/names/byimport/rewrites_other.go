package byimport

import "runtime"

// What another file imports is no obstacle in this one.
func elsewhere() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys
}
