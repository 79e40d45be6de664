// Package testing has a reading that only tests run.
package testing

import (
	"runtime"
	"testing"
)

func allocations(tb testing.TB) uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: testing
	tb.Log(m.Mallocs)
	return m.Mallocs
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
