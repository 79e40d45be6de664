package twoimports

import (
	"runtime"
	rt "runtime"
)

func usage() uint64 {
	var m rt.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys
}

func cpus() int { return rt.NumCPU() }
