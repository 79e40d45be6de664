package evidence

import (
	"math"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// handle is what a resource's owner looks like: large enough not to share a
// block with its neighbours.
type handle struct {
	fd   int
	name *string
	_    [32]byte
}

// owner is a handle that leads to memory.
type owner struct {
	fd   int
	data []byte
}

var closed atomic.Int64

func closeHandle(int) { closed.Add(1) }

// keptByOne gives how much of 100 MiB that nobody holds any more the first
// collection leaves, in MiB.
func keptByOne(attach func(o *owner)) float64 {
	const owners = 100
	closed.Store(0)
	runtime.GC()
	before := liveBytes()
	held := make([]*owner, owners)
	for i := range held {
		held[i] = &owner{fd: 1, data: make([]byte, 1<<20)}
		attach(held[i])
	}
	// Until here collections of the runtime's own find them in use.
	runtime.KeepAlive(held)
	held = nil
	runtime.GC()
	kept := max(0, liveBytes()-before)
	for closed.Load() < owners {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	return math.Round(kept / (1 << 20))
}

func liveBytes() float64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

func BenchmarkFinalizers(b *testing.B) {
	// Time says nothing here: to add a cleanup takes longer, to have it run does
	// not, and both wait for the collector most of all.
	pair(b, "finalizer-to-cleanup", func(b *testing.B) {
		count(b, keptByOne(func(o *owner) {
			runtime.SetFinalizer(o, func(o *owner) { closeHandle(o.fd) })
		}), "MiB-kept")
	}, func(b *testing.B) {
		count(b, keptByOne(func(o *owner) {
			runtime.AddCleanup(o, closeHandle, o.fd)
		}), "MiB-kept")
	})
	name := b.TempDir() + "/file"
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		b.Fatal(err)
	}
	// A file that its owner closes, and one that is left to os.File's finalizer.
	// Collections keep the descriptors from running out.
	pair(b, "finalizer-close", func(b *testing.B) {
		turn := 0
		for b.Loop() {
			file, err := os.Open(name)
			if err != nil {
				b.Fatal(err)
			}
			sinkAny = file
			if turn++; turn%256 == 0 {
				runtime.GC()
			}
		}
	}, func(b *testing.B) {
		for b.Loop() {
			file, err := os.Open(name)
			if err != nil {
				b.Fatal(err)
			}
			sinkAny = file
			file.Close()
		}
	})
	var open atomic.Int64
	pair(b, "finalizer-leak-counter", func(b *testing.B) {
		for b.Loop() {
			h := &handle{}
			open.Add(1)
			runtime.SetFinalizer(h, func(*handle) { open.Add(-1) })
			sinkAny = h
		}
	}, func(b *testing.B) {
		for b.Loop() {
			h := &handle{}
			open.Add(1)
			sinkAny = h
			open.Add(-1)
		}
	})
	// An object that was closed, and that its finalizer keeps for a cycle more.
	pair(b, "close-keeps-finalizer", func(b *testing.B) {
		for b.Loop() {
			h := &handle{}
			runtime.SetFinalizer(h, func(h *handle) { closeHandle(h.fd) })
			sinkAny = h
		}
	}, func(b *testing.B) {
		for b.Loop() {
			h := &handle{}
			runtime.SetFinalizer(h, func(h *handle) { closeHandle(h.fd) })
			sinkAny = h
			runtime.SetFinalizer(h, nil)
		}
	})
	pair(b, "missing-keep-alive", func(b *testing.B) {
		count(b, freedInUse(), "freed-while-in-use")
	}, func(b *testing.B) {
		count(b, freedInUseKept(), "freed-while-in-use")
	})
}

// freedInUse gives how many handles are freed while what was read of them is in use.
func freedInUse() float64 {
	h, freed := finalized()
	fd := h.fd
	collect()
	sinkInt = fd
	return float64(freed.Load())
}

// freedInUseKept is freedInUse with the handle kept alive.
func freedInUseKept() float64 {
	h, freed := finalized()
	fd := h.fd
	collect()
	sinkInt = fd
	count := freed.Load()
	runtime.KeepAlive(h)
	return float64(count)
}

// finalized makes a handle and a count of the times that it was freed.
func finalized() (*handle, *atomic.Int64) {
	freed := new(atomic.Int64)
	h := &handle{fd: 1}
	runtime.SetFinalizer(h, func(*handle) { freed.Add(1) })
	return h, freed
}

// collect runs a collection and gives the finalizers time to run.
func collect() {
	runtime.GC()
	time.Sleep(10 * time.Millisecond)
}
