// Package old is compiled for a Go that knows no containers.
package old

import "runtime"

const answer = 42

func init() {
	// Use all of the machine.
	runtime.GOMAXPROCS(runtime.NumCPU())
}
