// Package assembly has a function that is not Go.
package assembly

import "runtime"

func tid() int

func worker(jobs <-chan int) (last int) {
	runtime.LockOSThread() // keeps: thread-may-matter
	defer runtime.UnlockOSThread()
	for range jobs {
		last = tid()
	}
	return last
}
