//go:build !windows

package systems

import (
	"io"
	"runtime"
	"runtime/pprof"
)

func profile(w io.Writer) {
	runtime.SetCPUProfileRate(1000)
	pprof.StartCPUProfile(w)
}
