package aliased

import (
	"os"
	"runtime"
)

type source struct{ f *os.File }

type other = source

// The method of the alias is the method of the type.
func (o *other) Close() error { return o.f.Sync() }

func open(f *os.File) *source {
	s := &source{f}
	runtime.SetFinalizer(s, func(s *source) { s.f.Close() }) // advice: foreign-type
	return s
}
