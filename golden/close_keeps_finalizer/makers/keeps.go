package makers

import (
	"os"
	"runtime"
)

type source struct{ f *os.File }

func (s *source) Close() error { return s.release() } // advice: reopened

func (s *source) reset(f *os.File) { s.f = f }

func (s *source) release() error { return s.f.Close() }

func open(f *os.File) *source {
	s := &source{f: f}
	runtime.SetFinalizer(s, (*source).release)
	return s
}
