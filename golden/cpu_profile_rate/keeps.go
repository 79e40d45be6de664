package cpu_profile_rate

import (
	"io"
	"runtime"
	"runtime/pprof"
	"testing"
)

func benchmarked(b *testing.B, w io.Writer) {
	runtime.SetCPUProfileRate(1000) // keeps: test-code
	pprof.StartCPUProfile(w)
}

func whole() {
	runtime.SetCPUProfileRate(1000) // advice: left-empty
}

func inSwitch(n int) {
	switch n {
	case 1:
		runtime.SetCPUProfileRate(1000) // advice: left-empty
	}
}

func condition(p *bool, w io.Writer) {
	if *p {
		runtime.SetCPUProfileRate(1000) // advice: left-empty
	}
	pprof.StartCPUProfile(w)
}

// No findings: the usual rate, none, one that the program is told.
func usual(w io.Writer, n int) {
	runtime.SetCPUProfileRate(100)
	runtime.SetCPUProfileRate(0)
	runtime.SetCPUProfileRate(n)
	defer runtime.SetCPUProfileRate(1000)
	set := runtime.SetCPUProfileRate
	set(1000)
	pprof.StartCPUProfile(w)
}

type fake struct{}

func (fake) SetCPUProfileRate(int) {}

func shadowed(w io.Writer) {
	var runtime fake
	runtime.SetCPUProfileRate(1000)
	pprof.StartCPUProfile(w)
}
