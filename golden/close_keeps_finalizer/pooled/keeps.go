package pooled

import (
	"os"
	"runtime"
	"sync"
)

type buffer struct{ f *os.File }

var pool = sync.Pool{New: func() any { return new(buffer) }}

func newBuffer(f *os.File) *buffer {
	b := pool.Get().(*buffer)
	b.f = f
	runtime.SetFinalizer(b, func(b *buffer) { b.f.Close() })
	return b
}

func (b *buffer) Close() error { return b.f.Close() } // advice: handed-on

func done(b *buffer) {
	b.Close()
	pool.Put(b)
}
