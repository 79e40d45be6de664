package dotted

import (
	"io"
	rt "runtime"
	. "runtime/pprof"
)

func other(w io.Writer) {
	rt.SetCPUProfileRate(1000)

	StartCPUProfile(w) // go
}
