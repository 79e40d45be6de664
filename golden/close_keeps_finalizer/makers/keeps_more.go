package makers

import (
	"os"
	"runtime"
)

// The other file tells of it.
func again(f *os.File) *source {
	s := &source{f: f}
	runtime.SetFinalizer(s, (*source).release)
	return s
}
