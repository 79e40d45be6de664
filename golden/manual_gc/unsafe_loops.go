package manual_gc

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"
)

func load(name string) error {
	if name == "" {
		return errors.New("no name")
	}
	return nil
}

// To handle an element is no look at what has been freed.
func loadAll(names []string) error {
	for _, name := range names {
		if err := load(name); err != nil {
			return err
		}
		runtime.GC()
	}
	return nil
}

func loadByIndex(names []string) error {
	for i := 0; i < len(names); i++ {
		if err := load(names[i]); err != nil {
			return err
		}
		runtime.GC()
	}
	return nil
}

func loadFrom(names <-chan string) {
	for name := range names {
		if load(name) == nil {
			runtime.GC() // advice: left-empty
		}
	}
}

func first(work func(), gone func() bool) {
	for range 10 {
		if work(); gone() {
			return
		}
		runtime.GC()
	}
}

// An index that a look is told of is no element.
func untilGone(gone func(try int) bool) {
	for try := range 10 {
		if gone(try) {
			return
		}
		runtime.GC() // keeps: repeats
	}
	tries := 10
	for try := range tries {
		if gone(try) {
			return
		}
		runtime.GC() // keeps: repeats
	}
	for try := 0; try < 10; try++ {
		if gone(try) {
			return
		}
		runtime.GC() // keeps: repeats
	}
	for range 3 {
		if gone(3) {
			return
		}
		runtime.GC() // keeps: repeats
	}
}

// Its name says what the loop does, and nobody asks.
func startGC(every time.Duration) {
	fmt.Println("starting")
	go func() {
		for range time.Tick(every) {
			runtime.GC()
		}
	}()
}

func gcLoop() {
	for {
		time.Sleep(time.Minute)
		runtime.GC() // advice: own-loop
	}
}

func onFlag(forceGC bool) {
	if forceGC {
		go func() {
			for range time.Tick(time.Minute) {
				runtime.GC() // keeps: is-the-feature
			}
		}()
	}
}

// The percentage and the loop are one tuning.
func init() {
	debug.SetGCPercent(5)
	debug.SetMemoryLimit(24 << 20)
	go func() {
		ticker := time.NewTicker(10 * time.Second)
		for range ticker.C {
			runtime.GC() // keeps: collector-off
		}
	}()
}

// Once it may be what makes the new percentage count.
func setPercent() {
	debug.SetGCPercent(50)
	runtime.GC() // keeps: collector-off
}
