package go115

import "runtime"

func sys() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: too-old-go
	return m.Sys
}
