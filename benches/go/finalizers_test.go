package evidence

import (
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

var closed atomic.Int64

func closeHandle(int) { closed.Add(1) }

// settle waits until every finalizer or cleanup of b.N handles has run.
func settle(b *testing.B, want int64) {
	for closed.Load() < want {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	closed.Store(0)
	if b.Failed() {
		b.FailNow()
	}
}

// openAndDrop makes handles that nobody closes and waits until they are.
func openAndDrop(b *testing.B, attach func(h *handle)) {
	const batch = 1000
	closed.Store(0)
	for b.Loop() {
		for range batch {
			attach(&handle{fd: 1})
		}
		settle(b, batch)
	}
}

func BenchmarkFinalizers(b *testing.B) {
	pair(b, "finalizer-to-cleanup", func(b *testing.B) {
		openAndDrop(b, func(h *handle) {
			runtime.SetFinalizer(h, func(h *handle) { closeHandle(h.fd) })
		})
	}, func(b *testing.B) {
		openAndDrop(b, func(h *handle) {
			runtime.AddCleanup(h, closeHandle, h.fd)
		})
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
		h := &handle{}
		for b.Loop() {
			sinkInt = h.fd
		}
	}, func(b *testing.B) {
		h := &handle{}
		for b.Loop() {
			sinkInt = h.fd
			runtime.KeepAlive(h)
		}
	})
}
