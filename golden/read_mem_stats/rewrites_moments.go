package read_mem_stats

import (
	"log"
	"runtime"
	"time"
)

type emitter struct{ seen uint32 }

func (e *emitter) collections() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	num := m.NumGC
	if num-e.seen > 255 {
		log.Print("many")
	}
	e.seen = num
}

func largest(done <-chan bool) (most uint64) {
	stats := new(runtime.MemStats)
	runtime.ReadMemStats(stats)
	most = stats.Alloc
	for {
		select {
		case <-done:
			return most
		default:
			stats := new(runtime.MemStats)
			runtime.ReadMemStats(stats)
			if stats.Alloc > most {
				most = stats.Alloc
			}
			time.Sleep(time.Second)
		}
	}
}
