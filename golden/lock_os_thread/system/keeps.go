// Package system asks the kernel for its thread in another function.
package system

import (
	"runtime"
	"syscall"
)

func worker(jobs <-chan int) {
	runtime.LockOSThread() // keeps: thread-may-matter
	defer runtime.UnlockOSThread()
	for job := range jobs {
		process(job)
	}
}

func process(int) { syscall.Getpid() }
