// Package old has a Go whose goroutine profiles stop the world.
package old

import (
	"os"
	"runtime/pprof"
	"time"
)

func dump() {
	for range time.Tick(time.Second) {
		pprof.Lookup("goroutine").WriteTo(os.Stderr, 2) // advice: too-old-go
	}
}
