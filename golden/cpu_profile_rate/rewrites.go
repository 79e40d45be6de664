package cpu_profile_rate

import (
	"bytes"
	"io"
	"log"
	"os"
	"runtime"
	"runtime/pprof"
)

// The exercise.
func startProfile() {
	f, _ := os.Create("cpu.pprof")
	runtime.SetCPUProfileRate(10000) // 100× default
	pprof.StartCPUProfile(f)
}

const hz = 500

func named(w io.Writer) error {
	const rate = 2 * hz

	// Sample faster than the default of 100 Hz.
	runtime.SetCPUProfileRate(rate)
	if err := pprof.StartCPUProfile(w); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return nil
}

// Something that has no say in the rate may stand between.
func between(name string) error {
	runtime.SetCPUProfileRate(1e3)
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	err = pprof.StartCPUProfile(f)
	if err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return nil
}

// The runtime refuses: the profile is running.
func behind(w io.Writer) error {
	if err := pprof.StartCPUProfile(w); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	runtime.SetCPUProfileRate(200)
	return nil
}

func inBranch(w io.Writer, on bool) {
	if on {
		(runtime.SetCPUProfileRate)(251)
		if pprof.StartCPUProfile(w) != nil {
			log.Print("no profile")
		}
	}
}

func literal() func(*bytes.Buffer) {
	return func(b *bytes.Buffer) { runtime.SetCPUProfileRate(400); pprof.StartCPUProfile(b) }
}

func clause(mode string, w io.Writer) {
	switch mode {
	case "cpu":
		runtime.SetCPUProfileRate(10_000)
		_ = pprof.StartCPUProfile(w)
	}
}

// Comments about the profile stay.
func commented(w io.Writer) {
	// Start the CPU profile.
	runtime.SetCPUProfileRate(500)
	pprof.StartCPUProfile(w)
	pprof.StopCPUProfile()

	// By default, generate a profile of what follows.
	runtime.SetCPUProfileRate(
		1000, // finer
	)
	// It goes to w.
	if err := pprof.StartCPUProfile(w); err != nil {
		log.Print(err)
	}
	pprof.StopCPUProfile()

	// A finer rate.
	runtime.SetCPUProfileRate(600) // Hz
	// The profile of the rest.
	pprof.StartCPUProfile(w)
}
