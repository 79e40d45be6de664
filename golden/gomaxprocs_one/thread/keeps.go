// Package thread has a goroutine that stays on its thread.
package thread

import "runtime"

func init() {
	runtime.LockOSThread()
}

func start() {
	runtime.GOMAXPROCS(1) // keeps: one-of-many-processes
	println("started")
}
