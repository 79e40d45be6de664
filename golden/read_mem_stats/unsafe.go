package read_mem_stats

import (
	"runtime"
)

type gauge struct{ last uint64 }

func (g *gauge) Set(value float64) { g.last = uint64(value) }

// Counterexample 18: a caller subtracts two of them.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // unsafe: counter-kept
	return m.TotalAlloc
}

func cost(work func()) uint64 {
	before := allocated()
	work()
	return allocated() - before
}

func stored(g *gauge) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // unsafe: counter-kept
	g.last = m.Mallocs
}

func passed(g *gauge) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // unsafe: counter-kept
	g.Set(float64(m.Frees) / 1000)
}

func inLiteral() map[string]any {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // unsafe: counter-kept
	return map[string]any{"mallocs": m.Mallocs, "sys": m.Sys}
}
