package freeosmemory

import (
	"context"
	"log"
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
			debug.FreeOSMemory()
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
		if i%10 == 0 {
			rd.FreeOSMemory()
		}
	}
}

func serve(w http.ResponseWriter, r *http.Request) {
	http.ServeFile(w, r, "index.html")
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

// A line in the log is no decision.
func logs(ticker *time.Ticker) {
	var stats runtime.MemStats
	for range ticker.C {
		runtime.ReadMemStats(&stats)
		inUse := stats.HeapInuse >> 20
		log.Printf("heap: %d MB in use, %d released", inUse, stats.HeapReleased)
		debug.FreeOSMemory()
	}
}

func every(d time.Duration, f func()) {
	for range time.Tick(d) {
		f()
	}
}

func startsHelper() {
	every(time.Second, func() {
		debug.FreeOSMemory() // advice: callback
	})
	every(time.Minute, func() {
		println("minute")
		debug.FreeOSMemory() // advice: callback
	})
	time.AfterFunc(time.Minute, debug.FreeOSMemory) // advice: as-value
}

func inLiteral(work func()) {
	for range 3 {
		func() {
			defer debug.FreeOSMemory()
			work()
		}()
	}
}

func afterEach(write func([]byte), batch []byte) {
	write(batch)
	debug.FreeOSMemory() // advice: called-in-a-loop
}

func writeAll(write func([]byte), batches [][]byte) {
	for _, batch := range batches {
		afterEach(write, batch)
	}
}

func explained(batches [][]byte, write func([]byte)) {
	for _, batch := range batches {
		write(batch)
		// The container has 64 MB.
		debug.FreeOSMemory() // advice: explained
	}
	for _, batch := range batches {
		write(batch)
		debug.FreeOSMemory() //nolint:errcheck
	}
}

// A call in a loop is told as that, with a comment or without.
func afterMany(write func([]byte), batch []byte) {
	write(batch)
	// The container has 64 MB, and a batch has 32.
	debug.FreeOSMemory() // advice: called-in-a-loop
}

func writeMany(write func([]byte), batches [][]byte) {
	for _, batch := range batches {
		afterMany(write, batch)
	}
}
