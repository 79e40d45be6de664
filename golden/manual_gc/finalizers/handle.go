package finalizers

import "runtime"

type handle struct{ fd int }

func newHandle(fd int, release func(int)) *handle {
	h := &handle{fd}
	runtime.AddCleanup(h, release, fd)
	return h
}
