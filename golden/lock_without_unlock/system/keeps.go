// Package system dirties its threads.
package system

import (
	"runtime"
	"syscall"
)

func worker() {
	go func() {
		runtime.LockOSThread() // keeps: thread-may-be-dirty
		syscall.Setpriority(0, 0, 5)
	}()
}
