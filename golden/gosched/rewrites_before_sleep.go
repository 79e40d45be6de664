package gosched

import (
	"runtime"
	"time"
)

// The sleep lets the same goroutines run.
func polls(check func() bool) bool {
	for begin := time.Now(); time.Since(begin) < time.Minute; {
		if check() {
			return true
		}
		// It may still be shutting down.
		runtime.Gosched()
		time.Sleep(50 * time.Millisecond)
	}
	return false
}

const pause = 50 * time.Millisecond

func pollsAtPause(check func() bool) bool {
	for begin := time.Now(); time.Since(begin) < time.Minute; {
		if check() {
			return true
		}
		runtime.Gosched()
		time.Sleep(pause)
	}
	return false
}

// The comment is about the sleep as well.
func shielded(keys []string, each func(string)) {
	for i, key := range keys {
		each(key)
		if i%100 == 0 {
			// yield the processor to other goroutines
			runtime.Gosched()
			time.Sleep(time.Millisecond)
		}
	}
}
