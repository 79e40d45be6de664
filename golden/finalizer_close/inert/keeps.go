// Package inert has finalizers that only let memory go.
package inert

import (
	"errors"
	"runtime"
	"sync"
)

type block struct {
	mu   sync.Mutex
	data []byte
	done bool
}

func (b *block) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.done {
		return errors.New("closed")
	}
	b.done = true
	b.data = nil
	return nil
}

func newBlock(n int) *block {
	b := &block{data: make([]byte, n)}
	runtime.SetFinalizer(b, (*block).Close) // keeps: closes-nothing
	return b
}

var spare = sync.Pool{New: func() any { return new([]byte) }}

type chunk struct{ data *[]byte }

func (c *chunk) release() {
	clear(*c.data)
	spare.Put(c.data)
	c.data = nil
}

func (c *chunk) Close() { c.release() }

func newChunk() *chunk {
	c := &chunk{data: new([]byte)}
	runtime.SetFinalizer(c, func(c *chunk) { c.Close() }) // keeps: closes-nothing
	return c
}

// A part that frees nothing either.
type frame struct{ inner *block }

func newFrame(b *block) *frame {
	f := &frame{inner: b}
	runtime.SetFinalizer(f, func(f *frame) { _ = f.inner.Close() }) // keeps: closes-nothing
	return f
}

type empty struct{ name string }

func (e *empty) Close() error { return nil }

func newEmpty(name string) *empty {
	e := &empty{name: name}
	runtime.SetFinalizer(e, (*empty).Close) // keeps: closes-nothing
	return e
}

type cleared struct {
	once sync.Once
	data []byte
}

func (c *cleared) Close() error {
	c.once.Do(func() { c.data = nil })
	return nil
}

func newCleared() *cleared {
	c := &cleared{data: make([]byte, 8)}
	runtime.SetFinalizer(c, (*cleared).Close) // keeps: closes-nothing
	return c
}
