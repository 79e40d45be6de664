package evidence

import (
	"encoding/binary"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
)

// heap holds 16 MiB in small blocks that point at each other, as a program does
// that has something to collect.
func heap(mebibytes int) *node {
	var head *node
	for range mebibytes << 20 / 1024 {
		head = &node{next: head}
	}
	return head
}

type node struct {
	next *node
	_    [1016]byte
}

func work() {
	buffer := make([]byte, 9<<10)
	for at := 0; at+8 <= len(buffer); at += 8 {
		binary.LittleEndian.PutUint64(buffer[at:], uint64(at))
	}
	sinkBytes = buffer
}

func BenchmarkMemory(b *testing.B) {
	pair(b, "manual-gc", func(b *testing.B) {
		live := heap(16)
		for b.Loop() {
			work()
			runtime.GC()
		}
		runtime.KeepAlive(live)
	}, func(b *testing.B) {
		live := heap(16)
		for b.Loop() {
			work()
		}
		runtime.KeepAlive(live)
	})
	// The same operation as two benchmarks would report it.
	pair(b, "gc-in-benchmark", func(b *testing.B) {
		for b.Loop() {
			runtime.GC()
			work()
		}
	}, func(b *testing.B) {
		for b.Loop() {
			work()
		}
	})
	pair(b, "free-os-memory", func(b *testing.B) {
		live := heap(64)
		for b.Loop() {
			work()
			debug.FreeOSMemory()
		}
		runtime.KeepAlive(live)
	}, func(b *testing.B) {
		live := heap(64)
		for b.Loop() {
			work()
		}
		runtime.KeepAlive(live)
	})
	// What 256 MiB of garbage leave on the heap.
	pair(b, "gc-percent-off", func(b *testing.B) {
		old := debug.SetGCPercent(-1)
		defer debug.SetGCPercent(old)
		count(b, garbage(), "MiB-heap")
	}, func(b *testing.B) {
		count(b, garbage(), "MiB-heap")
	})
	// The percentage that is in force once a package has set its own behind main.
	pair(b, "tuning-in-library", func(b *testing.B) {
		count(b, percentAfter(func() { debug.SetGCPercent(400) }), "percent-where-main-set-50")
	}, func(b *testing.B) {
		count(b, percentAfter(func() {}), "percent-where-main-set-50")
	})
}

// percentAfter gives the collector's percentage after main has set 50 and a library was used.
func percentAfter(library func()) float64 {
	old := debug.SetGCPercent(50)
	library()
	return float64(debug.SetGCPercent(old))
}

// garbage allocates 256 MiB that nobody keeps and gives the largest heap on the
// way, in MiB.
func garbage() float64 {
	runtime.GC()
	largest := uint64(0)
	for turn := range 64 {
		for range 4 << 20 / 1024 {
			sinkAny = new(node)
		}
		if turn%4 == 0 {
			sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
			metrics.Read(sample)
			largest = max(largest, sample[0].Value.Uint64())
		}
	}
	return float64(largest) / (1 << 20)
}
