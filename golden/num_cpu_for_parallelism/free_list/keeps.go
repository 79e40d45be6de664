// Package freelist keeps objects for those who ask.
package freelist

import (
	"bytes"
	"os"
	"runtime"
)

type pool[T any] struct{ free chan T }

func NewPool[T any](n int, make func() T) *pool[T] { return nil }

var buffers = NewPool(runtime.NumCPU(), func() *bytes.Buffer { // keeps: buffers
	return new(bytes.Buffer)
})

// Each is a list of its own.
var (
	small = NewSizedPool(runtime.NumCPU(), func(sz int) any { return make([]byte, sz) }) // keeps: buffers
	large = NewSizedPool(runtime.NumCPU(), func(sz int) any { return make([]byte, sz) }) // keeps: buffers
)

type sized struct{ pool chan any }

func NewSizedPool(n int, make func(sz int) any) *sized { return nil }

func newBuffer() *bytes.Buffer { return new(bytes.Buffer) }

func local() {
	n := runtime.NumCPU() // keeps: buffers
	_ = NewPool(n, newBuffer)
}

type worker interface{ Work() }

func NewWorkerPool(n int, make func() worker) {}

func workers(make func() worker) {
	NewWorkerPool(runtime.NumCPU(), make) // keeps: beside-gomaxprocs
	if os.Getenv("GOMAXPROCS") != "" {
		make().Work()
	}
}

func respectful(jobs <-chan func()) {
	n := runtime.NumCPU() // keeps: beside-gomaxprocs
	if value, ok := os.LookupEnv("GOMAXPROCS"); ok {
		n = len(value)
	}
	for range n {
		go func() { (<-jobs)() }()
	}
}
