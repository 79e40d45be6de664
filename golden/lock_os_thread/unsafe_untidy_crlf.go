package workers

import (
	rt "runtime"
)

func inLine(n int) {
	rt.LockOSThread(); defer rt.UnlockOSThread(); process(n)
}

func onLines(n int) {
	rt.LockOSThread()
	process(n)
	rt.UnlockOSThread() // for speed
}
