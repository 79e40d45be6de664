package freeosmemory

import (
	"context"
	"net/http"
	"runtime"
	"runtime/debug"
	rd "runtime/debug"
	"time"
)

// The document's own: a ticker, and nothing else.
func start() {
	go func() {
		t := time.NewTicker(60 * time.Second)
		for range t.C {
			debug.FreeOSMemory() // a collection each minute
		}
	}()
	println("started")
}

func startWithContext(ctx context.Context) {
	println("starting")
	ticker := time.NewTicker(time.Minute)
	go func() {
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				debug.FreeOSMemory()
			case <-ctx.Done():
				return
			}
		}
	}()
	println("started")
}

// Both of them go.
func startBoth() {
	println("starting")
	go func() {
		for {
			time.Sleep(time.Minute)
			runtime.GC()
			debug.FreeOSMemory()
		}
	}()
}

func inLoop(batches [][]byte, write func([]byte)) {
	for i, batch := range batches {
		write(batch)
		// Give it back to the system.
		if i%10 == 0 {
			rd.FreeOSMemory()
		}
	}
}

func serve(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusNoContent)
	debug.FreeOSMemory()
}

func ownLoop() {
	for range time.Tick(time.Minute) {
		debug.FreeOSMemory() // advice: own-loop
	}
}

func leftEmpty(steps chan int) {
	for step := range steps {
		switch step {
		case 1:
			debug.FreeOSMemory() // advice: left-empty
		default:
			println(step)
		}
	}
}
