package dotted

import (
	"io"
	. "runtime"
	prof "runtime/pprof"
)

func profile(w io.Writer) {
	SetCPUProfileRate(1000)
	prof.StartCPUProfile(w)
}
