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

// Nothing is started here, or it may not be.
func asValue(w io.Writer, on bool) {
	start := pprof.StartCPUProfile
	runtime.SetCPUProfileRate(1000) // unsafe: start-elsewhere
	if on {
		start(w)
	}
}

func perhaps(w io.Writer, on bool) {
	started := on && pprof.StartCPUProfile(w) == nil
	runtime.SetCPUProfileRate(1000) // unsafe: start-elsewhere
	if started {
		defer pprof.StopCPUProfile()
	}
}

func otherwise(w io.Writer, off bool) {
	if off {
		print("off")
	} else if err := pprof.StartCPUProfile(w); err != nil {
		return
	}
	runtime.SetCPUProfileRate(1000) // unsafe: start-elsewhere
}

// What runs between may stop it.
func worked(w io.Writer, work func() error) {
	pprof.StartCPUProfile(w)
	if err := work(); err != nil {
		return
	}
	runtime.SetCPUProfileRate(1000) // unsafe: start-elsewhere
}
