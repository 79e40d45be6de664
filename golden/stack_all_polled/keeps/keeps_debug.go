//go:build debug

package keeps

import (
	"os"
	"runtime/pprof"
	"time"
)

func built() {
	for range time.Tick(time.Second) {
		pprof.Lookup("goroutine").WriteTo(os.Stderr, 2) // keeps: debug-build
	}
}
