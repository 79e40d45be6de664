package elsewhere

import "runtime"

func locked(xs []int) (sum int) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, x := range xs {
		sum += x
		runtime.Gosched() // keeps: locked-thread
	}
	return sum
}
