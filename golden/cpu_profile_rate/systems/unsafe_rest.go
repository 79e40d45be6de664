//go:build !(linux || windows || darwin)

package systems

import (
	"io"
	"runtime"
	"runtime/pprof"
)

func profile(w io.Writer) {
	runtime.SetCPUProfileRate(1000) // unsafe: other-system
	pprof.StartCPUProfile(w)
}
