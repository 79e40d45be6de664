package renewed

import "runtime"

type gauge struct{ heap, objects uint64 }

// Each reading renews the same, or gives something else.
func (g *gauge) renew() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	g.heap = m.HeapAlloc
	work()
	runtime.ReadMemStats(&m)
	g.heap = m.HeapAlloc
	g.objects = m.HeapObjects
}

func either(now bool) uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if now {
		return m.HeapAlloc
	}
	work()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func work() {}
