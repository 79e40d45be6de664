// Package starter runs before another program takes the process over.
package starter

import "runtime"

// Init is the whole of the process.
func Init(start func() error) error {
	runtime.GOMAXPROCS(1) // keeps: one-of-many-processes
	runtime.LockOSThread()
	return start()
}
