// Package others locks in one method and unlocks in another.
package others

import "runtime"

type context struct{}

func (c *context) enter() {
	/* faster */ runtime.LockOSThread() // keeps: unlocked-elsewhere (faster)
}

func (c *context) leave() {
	runtime.UnlockOSThread()
}
