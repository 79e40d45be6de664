package time_after_in_loop

import (
	"sync/atomic"
	"time"
)

type sender struct {
	out    chan int
	gap    time.Duration
	sent   int
	tries  atomic.Int64
	limits [2]time.Duration
}

func (s *sender) next() int {
	s.grow()
	return s.sent
}

func (s *sender) grow() { s.gap *= 2 }

func (s *sender) backOff() time.Duration {
	s.sent++
	return s.gap
}

func (s *sender) tried() int { return int(s.tries.Add(1)) }

func (s *sender) wait() time.Duration { return time.Duration(s.tries.Load()) }

func (s *sender) narrow() int {
	s.limits[1] = 0
	return 1
}

var spacing = time.Second

func widen() int {
	spacing += time.Second
	return 1
}

// The one writes what the other reads.
func (s *sender) send(out chan<- int) {
	for {
		select {
		case s.out <- s.next():
		case <-time.After(s.gap): // keeps: operand-changes
		}
		select {
		case s.out <- s.sent:
		case <-time.After(s.backOff()): // keeps: operand-changes
		}
		select {
		case out <- s.tried():
		case <-time.After(s.wait()): // keeps: operand-changes
		}
		select {
		case out <- s.narrow():
		case <-time.After(s.limits[1]): // keeps: operand-changes
		}
		select {
		case out <- widen():
		case <-time.After(spacing): // keeps: operand-changes
		}
	}
}

func closure(out chan<- int) {
	gap := time.Second
	next := func() int {
		gap *= 2
		return 1
	}
	for {
		select {
		case out <- next():
		case <-time.After(gap): // keeps: operand-changes
		}
	}
}

type widening struct{ gap time.Duration }

func (w *widening) next() int {
	w.gap *= 2
	return 1
}

func methodValue(w *widening, out chan<- int) {
	next := w.next
	for {
		select {
		case out <- next():
		case <-time.After(w.gap): // keeps: operand-changes
		}
	}
}
