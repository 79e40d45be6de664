package stays

import "runtime"

// In another file of the package.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: another-stays
	return m.HeapAlloc
}
