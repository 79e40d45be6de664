package asked_by_case

import (
	"os"
	"runtime"
)

type shutter interface{ Close() error }

type door interface {
	shutter
}

type source struct{ f *os.File }

func open(f *os.File) *source {
	s := &source{f}
	runtime.SetFinalizer(s, func(s *source) { s.f.Close() }) // advice: name-taken
	return s
}

// With a new `Close` the source would be closed here.
func done(x any) {
	switch x := x.(type) {
	case door:
		x.Close()
	}
}
