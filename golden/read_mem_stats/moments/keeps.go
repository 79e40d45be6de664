package moments

import (
	"fmt"
	"log"
	"runtime"
	"sync/atomic"
	"time"
)

// As ethereum/go-ethereum has it in cmd/geth/chaincmd.go. The two readings never meet.
func peak(work func()) {
	var most atomic.Uint64
	go func() {
		stats := new(runtime.MemStats)
		for {
			runtime.ReadMemStats(stats) // keeps: seldom
			if most.Load() < stats.Alloc {
				most.Store(stats.Alloc)
			}
			time.Sleep(5 * time.Second)
		}
	}()
	work()
	mem := new(runtime.MemStats)
	runtime.ReadMemStats(mem) // advice: no-exact-metric
	fmt.Println(mem.Alloc, most.Load(), time.Duration(mem.PauseTotalNs))
}

type emitter struct{ seen uint32 }

// No processor holds a part of a number of collections back.
// As hashicorp/go-metrics has it.
func (e *emitter) pauses() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: no-exact-metric
	num := m.NumGC
	if num-e.seen >= 256 {
		e.seen = num - 255
	}
	for i := e.seen; i < num; i++ {
		log.Print(m.PauseNs[i%256])
	}
	e.seen = num
}

func (e *emitter) both(last uint64) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: difference
	log.Print(m.Mallocs-last, m.NumGC-e.seen)
}

// The second hides the first, and the larger one is kept.
func hiddenButTaken(work func()) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: difference
	before := m.Alloc
	work()
	{
		var m runtime.MemStats
		runtime.ReadMemStats(&m) // keeps: difference
		log.Print(m.Alloc - before)
	}
}

// What is counted at collections is whole at any time.
func (e *emitter) pauseTime(ticks <-chan time.Time) {
	var m runtime.MemStats
	var seen uint64
	for range ticks {
		runtime.ReadMemStats(&m) // advice: no-exact-metric
		if m.PauseTotalNs > seen {
			log.Print(m.PauseTotalNs-seen, m.Alloc)
			seen = m.PauseTotalNs
		}
	}
}

func (e *emitter) bySize(seen uint64) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: difference
	log.Print(m.BySize[3].Mallocs - seen)
}
