package cpu_profile_rate

import (
	"io"
	"runtime"
	"runtime/pprof"
)

// Counterexample 20: both are delivered in full.
func delivered(w io.Writer) {
	runtime.SetCPUProfileRate(200) // unsafe: rate-delivered
	pprof.StartCPUProfile(w)
}

func border(w io.Writer) {
	runtime.SetCPUProfileRate(250) // unsafe: rate-delivered
	pprof.StartCPUProfile(w)
}

func branches(w io.Writer, fine bool) {
	if fine {
		runtime.SetCPUProfileRate(1000) // unsafe: start-elsewhere
	}
	pprof.StartCPUProfile(w)
}

func later(w io.Writer) func() error {
	runtime.SetCPUProfileRate(1000) // unsafe: start-elsewhere
	return func() error { return pprof.StartCPUProfile(w) }
}

// Another call has a say before the start.
func twice(w io.Writer) {
	runtime.SetCPUProfileRate(1000) // unsafe: start-elsewhere
	runtime.SetCPUProfileRate(0)
	pprof.StartCPUProfile(w)
}

// The first profile was stopped before.
func again(w io.Writer) {
	pprof.StartCPUProfile(w)
	pprof.StopCPUProfile()
	runtime.SetCPUProfileRate(1000) // unsafe: start-elsewhere
}
