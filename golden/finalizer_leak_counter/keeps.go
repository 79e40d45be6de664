package finalizer_leak_counter

import (
	"io"
	"runtime"
	"sync/atomic"
)

type plain struct{ p *int }

var (
	grouped int64
	live    int64
)

func deferredCount() *plain {
	p := &plain{}
	defer runtime.SetFinalizer(p, func(*plain) { atomic.AddInt64(&grouped, 1) }) // keeps: not-a-statement
	return p
}

func groupedCount() *plain {
	p := &plain{}
	runtime.SetFinalizer(p, func(*plain) { atomic.AddInt64(&grouped, 1) }) // advice: counter-elsewhere
	return p
}

// A gauge goes down.
func gauge() *plain {
	p := &plain{}
	atomic.AddInt64(&live, 1)
	runtime.SetFinalizer(p, func(*plain) { atomic.AddInt64(&live, -1) }) // advice: counter-elsewhere
	return p
}

type reset struct{ p *int }

var resets int64

func newReset() *reset {
	r := &reset{}
	runtime.SetFinalizer(r, func(*reset) { atomic.AddInt64(&resets, 1) }) // advice: counter-elsewhere
	return r
}

func swap() int64 { return atomic.SwapInt64(&resets, 0) }

type closing struct{ p *int }

var forgotten atomic.Int64

func newClosing() *closing {
	c := &closing{}
	runtime.SetFinalizer(c, func(*closing) { forgotten.Add(1) }) // advice: counts-leaks
	return c
}

func (c *closing) Close() { runtime.SetFinalizer(c, nil) }

var foreign atomic.Int64

func pipe(w *io.PipeWriter) {
	println("a pipe")
	runtime.SetFinalizer(w, func(*io.PipeWriter) { foreign.Add(1) }) // advice: foreign-type
}

type reader struct{ p *int }

var readers int64

func (r *reader) Read([]byte) (int, error) { return 0, io.EOF }

func newReader() io.Reader {
	r := &reader{}
	runtime.SetFinalizer(r, func(*reader) { readers++ }) // advice: becomes-closer
	return r
}

type counted struct{ p *int }

var counts, others atomic.Int64

var closes atomic.Int64

func newCounted() *counted {
	c := &counted{}
	runtime.SetFinalizer(c, func(*counted) { counts.Add(1) }) // advice: counter-elsewhere
	return c
}

func (c *counted) Close() { closes.Add(1) }

type closed struct{ p *int }

var collected atomic.Int64

func newClosed() *closed {
	c := &closed{}
	runtime.SetFinalizer(c, func(*closed) { collected.Add(1) }) // advice: unclear-close
	return c
}

func (c *closed) Close() { closes.Add(1) }

// It does more than count.
type more struct{ p *int }

var mores atomic.Int64

func newMore() *more {
	m := &more{}
	runtime.SetFinalizer(m, func(*more) {
		mores.Add(1)
		println("collected")
	})
	return m
}

// A function that the finalizer names would be left behind.
type named struct{ p *int }

var names atomic.Int64

func newNamed() *named {
	n := &named{}
	runtime.SetFinalizer(n, countNamed) // advice: counter-elsewhere
	return n
}

func countNamed(*named) { names.Add(1) }
