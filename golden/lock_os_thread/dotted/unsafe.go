// Package dotted imports runtime with a dot.
package dotted

import . "runtime"

func worker(jobs <-chan int) (total int) {
	LockOSThread()
	defer UnlockOSThread()
	for job := range jobs {
		total += job
	}
	Gosched()
	return total
}
