// Package unclosed leaves each object to its finalizer: no finding.
package unclosed

import (
	"os"
	"runtime"
)

type source struct{ f *os.File }

func open(f *os.File) *source {
	s := &source{f: f}
	runtime.SetFinalizer(s, (*source).Close)
	return s
}

func (s *source) Close() error { return s.f.Close() }

type sink struct{ f *os.File }

func create(f *os.File) *sink {
	s := &sink{f: f}
	runtime.SetFinalizer(s, func(s *sink) { _ = s.Close() })
	return s
}

func (s *sink) Close() error { return s.f.Close() }
