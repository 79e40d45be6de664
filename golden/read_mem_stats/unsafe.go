package read_mem_stats

import (
	"log"
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

func above(limit uint64) bool {
	var m runtime.MemStats
	// ReadMemStats stops the world, once a minute is enough.
	runtime.ReadMemStats(&m) // unsafe: told-in-comment
	return m.HeapAlloc > limit
}

// documented fills a runtime.MemStats.
func documented() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // unsafe: told-in-comment
	return m.Sys
}

func named() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // unsafe: told-in-comment
	/* m.HeapInuse holds the pages too */
	return m.HeapInuse
}

func paused() uint64 {
	// An STW phase, so keep it rare.
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // unsafe: told-in-comment
	return m.Sys
}

func costly() uint64 {
	var m runtime.MemStats
	// This is expensive.
	runtime.ReadMemStats(&m) // unsafe: told-in-comment
	return m.Sys
}

func coined() uint64 {
	var memNow runtime.MemStats   // memNow is filled below
	runtime.ReadMemStats(&memNow) // unsafe: told-in-comment
	return memNow.Sys
}

// Other comments stay true: the world of a game, a stop, the expensive things elsewhere.
func unrelated(m2 []int) uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	// Stats of the heap; m2.Len is expensive.
	log.Println(len(m2))
	return stats.Sys
}
