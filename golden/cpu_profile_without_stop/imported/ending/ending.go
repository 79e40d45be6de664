// Package ending ends what a program has started.
package ending

import "runtime/pprof"

// All ends everything.
func All() { pprof.StopCPUProfile() }
