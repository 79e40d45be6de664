package channelcounter

import "fmt"

// 24: each call counts in a copy of its own.
type byValue struct {
	ch chan int64 // keeps: by-value
	n  int64
}

func newByValue() *byValue {
	c := &byValue{ch: make(chan int64)}
	go func() {
		for v := range c.ch {
			c.n += v
		}
	}()
	return c
}

func (c byValue) inc() { c.ch <- 1 }

type embedded struct {
	ch chan int64 // keeps: by-value
}

type embedder struct{ embedded }

func newEmbedder() *embedder {
	e := &embedder{embedded{ch: make(chan int64)}}
	go func() {
		for range e.ch {
		}
	}()
	e.ch <- 1
	return e
}

type copied struct {
	ch chan int64 // keeps: by-value
}

func newCopied() *copied {
	c := &copied{ch: make(chan int64)}
	go func() {
		for range c.ch {
		}
	}()
	c.ch <- 1
	return c
}

func (c *copied) print() { fmt.Println(*c) }

type closed struct {
	ch chan int64 // keeps: other-use
}

func newClosed() *closed {
	c := &closed{ch: make(chan int64)}
	go func() {
		for range c.ch {
		}
	}()
	c.ch <- 1
	return c
}

func (c *closed) close() { close(c.ch) }

type selected struct {
	ch chan int64 // keeps: other-use
}

func newSelected() *selected {
	c := &selected{ch: make(chan int64, 3)}
	go func() {
		for range c.ch {
		}
	}()
	c.ch <- 1
	return c
}

func (c *selected) try() {
	select {
	case c.ch <- 1:
	default:
	}
}

type reset struct {
	ch  chan int64 // keeps: other-use
	sum int64
}

func newReset() *reset {
	c := &reset{ch: make(chan int64, 3)}
	go func() {
		for v := range c.ch {
			c.sum += v
		}
	}()
	c.ch <- 1
	return c
}

func (c *reset) reset() { c.sum = 0 }

type generated struct {
	ch chan int64 // keeps: out-of-reach
}

func newGenerated() *generated {
	c := &generated{ch: make(chan int64, 3)}
	go func() {
		for range c.ch {
		}
	}()
	return c
}

// Shared has its name used in another package.
type Shared struct {
	ch chan int64 // advice: used-elsewhere
}

// NewShared starts to count.
func NewShared() *Shared {
	c := &Shared{ch: make(chan int64, 3)}
	go func() {
		for range c.ch {
		}
	}()
	c.ch <- 1
	return c
}

// None of what follows is a finding.

type queue struct{ ch chan int64 }

func newQueue() *queue {
	q := &queue{ch: make(chan int64)}
	go func() {
		for v := range q.ch {
			fmt.Println(v)
		}
	}()
	return q
}

func (q *queue) put() { q.ch <- 1 }

type ends struct {
	ch  chan int64
	out chan int64
}

func newEnds() *ends {
	e := &ends{ch: make(chan int64), out: make(chan int64)}
	go func() {
		var sum int64
		for v := range e.ch {
			sum += v
		}
		e.out <- sum
	}()
	e.ch <- 1
	return e
}

type oneWay struct{ ch <-chan int64 }

type inline struct{ ch chan int64 }

func newInline() *inline {
	i := &inline{ch: make(chan int64)}
	for range i.ch {
	}
	i.ch <- 1
	return i
}

type two struct{ ch chan int64 }

func newTwo() *two {
	c := &two{ch: make(chan int64)}
	for range 2 {
		go func() {
			for range c.ch {
			}
		}()
	}
	go func() { <-c.ch }()
	return c
}

type generic[T any] struct {
	ch chan int64
	v  T
}

type started struct {
	ch chan int64 // advice: left-empty
	n  int64
}

func newStarted() *started { return &started{ch: make(chan int64, 8)} }

func (s *started) Start() {
	go func() {
		for v := range s.ch {
			s.n += v
		}
	}()
}

func (s *started) Add(n int64) { s.ch <- n }
