// Package together gives values of two moments to whoever wants to compare them.
package together

import "runtime"

func work() {}

func results() (before, after uint64) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: difference
	before = m.HeapAlloc
	work()
	runtime.ReadMemStats(&m)
	after = m.HeapAlloc
	return
}

func returned() (uint64, int64) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: difference
	before := m.HeapAlloc
	work()
	runtime.ReadMemStats(&m)
	return before, int64(m.HeapAlloc)
}

type growth struct{ before, after uint64 }

func fields() (g growth) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: difference
	g.before = m.HeapAlloc
	work()
	runtime.ReadMemStats(&m)
	g.after = m.HeapAlloc
	return g
}

func literal() growth {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: difference
	before := m.HeapInuse
	work()
	runtime.ReadMemStats(&m)
	return growth{before: before, after: m.HeapInuse}
}
