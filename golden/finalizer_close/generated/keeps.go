package generated

import "runtime"

type file struct{ fd int }

func open(fd int) *file {
	f := &file{fd}
	runtime.SetFinalizer(f, (*file).close) // advice: out-of-reach
	return f
}
