// Package limits runs one part on fewer processors.
package limits

import "runtime"

func narrow(work func()) {
	runtime.GOMAXPROCS(2)
	work()
	runtime.GOMAXPROCS(runtime.NumCPU()) // keeps: lifts-a-limit
}
