package tagged

import (
	"os"
	"runtime"
)

type source struct{ f *os.File }

func open(f *os.File) *source {
	s := &source{f: f}
	runtime.SetFinalizer(s, func(s *source) { s.f.Close() }) // advice: unclear-close
	return s
}
