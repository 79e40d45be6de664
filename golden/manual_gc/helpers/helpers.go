package loadtest

import "runtime"

func quiet(work func()) {
	work()
	runtime.GC() // keeps: test-code
}
