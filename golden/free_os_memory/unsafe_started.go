package freeosmemory

import (
	"fmt"
	"runtime/debug"
	"time"
)

// The document's own, as it stands there: nothing can call an init.
func init() {
	go func() {
		t := time.NewTicker(60 * time.Second)
		for range t.C {
			debug.FreeOSMemory()
		}
	}()
}

func before() { fmt.Println("before") }

func init() {
	go func() {
		for range time.Tick(time.Hour) {
			debug.FreeOSMemory()
		}
	}()
} // no more

// What the directive is about is not known.
//
//go:noinline
func init() {
	go func() {
		for range time.Tick(time.Hour) {
			debug.FreeOSMemory()
		}
	}()
}

// startReleasing may be called from anywhere.
func startReleasing(every time.Duration) {
	go func() {
		for range time.Tick(every) {
			debug.FreeOSMemory()
		}
	}()
}

// As a shim of containers has it: the percentage and the loop are one tuning.
func setRuntime() {
	debug.SetGCPercent(40)
	go func() {
		for range time.Tick(30 * time.Second) {
			debug.FreeOSMemory() // keeps: collector-off
		}
	}()
	fmt.Println("set")
}

// A timer asks, and nobody else.
func startCollector() {
	fmt.Println("starting")
	go func() {
		for {
			time.Sleep(time.Minute)
			debug.FreeOSMemory()
		}
	}()
}

// A limit is what the runtime keeps to by itself.
func startLimited(limit int64) {
	debug.SetMemoryLimit(limit)
	go func() {
		t := time.Tick(30 * time.Second)
		for {
			<-t
			debug.FreeOSMemory()
		}
	}()
}

func startsOfManyKinds(every time.Duration) {
	fmt.Println("starting")
	go func() {
		for now := range time.NewTicker(5 * time.Second).C {
			_ = now
			debug.FreeOSMemory()
		}
	}()
	ticks := time.Tick(every)
	go func() {
		for _ = range ticks {
			debug.FreeOSMemory()
		}
	}()
	fmt.Println("started")
	var last time.Time
	go func() {
		for last = range time.Tick(every) {
			debug.FreeOSMemory() // advice: left-empty
		}
	}()
	fmt.Println(last)
}
