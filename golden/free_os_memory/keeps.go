package freeosmemory

import (
	"runtime"
	"runtime/debug"
	"syscall"
)

func phase(load, serve func()) {
	load()
	debug.FreeOSMemory() // keeps: phase-boundary
	serve()
}

func once(steps []func() bool) {
	for _, step := range steps {
		step()
		debug.FreeOSMemory() // keeps: phase-boundary
		return
	}
}

func slot(steps int) {
	for ; steps > 0; debug.FreeOSMemory() { // keeps: in-slot
		steps--
	}
}

func benchAll(steps []func()) {
	for _, step := range steps {
		step()
		debug.FreeOSMemory() // keeps: test-code
	}
}

func collectGarbage(steps []func()) {
	for _, step := range steps {
		step()
		debug.FreeOSMemory() // keeps: is-the-feature
	}
}

func pressed(used func() uint64, limit uint64, steps []func()) {
	for _, step := range steps {
		step()
		if heap := used(); heap > limit {
			debug.FreeOSMemory() // keeps: memory-pressure
		}
	}
}

func measured(steps []func()) {
	for _, step := range steps {
		step()
		debug.FreeOSMemory() // keeps: reads-heap-state
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		println(m.HeapReleased)
	}
}

func spawns(names []string) {
	for _, name := range names {
		debug.FreeOSMemory() // keeps: before-exec
		_ = syscall.Exec(name, nil, nil)
	}
}

func mayPanic(values []int) {
	for i := range values {
		values[i]++
		if values[len(values)] > 1 {
			debug.FreeOSMemory() // keeps: condition-may-panic
		}
	}
}

// A literal may be called once.
func deferredInLoop(work func()) {
	for range 3 {
		func() {
			work()
			debug.FreeOSMemory() // keeps: phase-boundary
		}()
	}
}

func value() func() { return debug.FreeOSMemory }

type memory struct{}

func (memory) FreeOSMemory() {}

func another(debug memory, n int) {
	for range n {
		debug.FreeOSMemory()
	}
}

func untilItFails(work func() error) {
	for {
		if err := work(); err != nil {
			debug.FreeOSMemory() // keeps: phase-boundary
			return
		}
	}
}
