package freeosmemory

import (
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"time"
)

func phase(load, serve func()) {
	load()
	debug.FreeOSMemory() // keeps: called-once
	serve()
}

func once(steps []func() bool) {
	for _, step := range steps {
		step()
		debug.FreeOSMemory() // keeps: called-once
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

func measured(steps []func()) (released uint64) {
	for _, step := range steps {
		step()
		debug.FreeOSMemory() // keeps: reads-heap-state
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		released += m.HeapReleased
	}
	return released
}

func compared(ticks <-chan time.Time) {
	var m runtime.MemStats
	for range ticks {
		runtime.ReadMemStats(&m)
		idle := m.HeapIdle - m.HeapReleased
		if idle > 1<<30 {
			println(idle)
		}
		debug.FreeOSMemory() // keeps: reads-heap-state
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

var loading sync.Once

func inOnce(load func()) {
	for range 3 {
		loading.Do(func() {
			load()
			debug.FreeOSMemory() // keeps: phase-boundary
		})
	}
}

func init() {
	println("loaded")
	debug.FreeOSMemory() // keeps: phase-boundary
}

func routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /memory/release", func(w http.ResponseWriter, _ *http.Request) {
		println("asked")
		debug.FreeOSMemory() // keeps: is-the-feature
	})
}

func tidy(w http.ResponseWriter, _ *http.Request) {
	debug.FreeOSMemory() // keeps: is-the-feature
	w.WriteHeader(http.StatusNoContent)
}

func execute(command string) {
	switch command {
	case "free-memory":
		println("freeing")
		debug.FreeOSMemory() // keeps: is-the-feature
	}
}

func freeMemory(ticks <-chan time.Time) {
	for range ticks {
		println("tick")
		debug.FreeOSMemory() // keeps: is-the-feature
	}
}

func value() func() { return debug.FreeOSMemory } // advice: as-value

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
			debug.FreeOSMemory() // keeps: called-once
			return
		}
	}
}

// Whoever sends the signal asks for it.
func onSignal() {
	go func() {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGHUP)
		for range signals {
			runtime.GC()
			debug.FreeOSMemory() // keeps: is-the-feature
		}
	}()
}

func fromSignals(signals <-chan os.Signal, log func(string)) {
	for s := range signals {
		log(s.String())
		debug.FreeOSMemory() // keeps: is-the-feature
	}
}
