package time_after_in_loop

import (
	"context"
	"time"
)

type notifier interface{ Receive() <-chan struct{} }

func (s *server) locked() <-chan struct{} {
	work(1)
	return s.stopped
}

type tomb struct{}

func (tomb) Done() <-chan struct{} {
	work(1)
	return nil
}

func computed() int {
	work(1)
	return 1
}

func (s *server) callsAbove(n notifier, out chan<- int, ctx tomb, t notifier) {
	for {
		select {
		case <-n.Receive():
		case <-time.After(interval): // unsafe: operand-calls
		}
		select {
		case <-ctx.Done():
		case <-time.After(interval): // unsafe: operand-calls
		}
		select {
		case <-s.locked():
		case <-time.After(interval): // unsafe: operand-calls
		}
		select {
		case out <- computed():
		case <-time.After(interval): // unsafe: operand-calls
		}
	}
}

// The package shows that a method called so does more; and a channel that is sent.
func shown(held struct{ tomb tomb }, sent chan<- any, other struct{ w interface{ StopNotify() int } }) {
	for {
		select {
		case <-held.tomb.Done():
		case <-time.After(interval): // unsafe: operand-calls
		}
		select {
		case sent <- other.w.StopNotify():
		case <-time.After(interval): // unsafe: operand-calls
		}
	}
}

func (s *server) unclear(next func() time.Duration, ctx context.Context, waits []time.Duration, all []chan int, out chan int) {
	for {
		select {
		case <-s.stopped:
		case <-time.After(next()): // unsafe: evaluation-order
		}
		select {
		case <-s.ctx.Done():
		case <-time.After(next()): // unsafe: evaluation-order
		}
		select {
		case out <- seconds + len(waits):
		case <-time.After(next()): // unsafe: evaluation-order
		}
		select {
		case <-all[1]:
		case <-time.After(waits[1]): // unsafe: evaluation-order
		}
	}
}

func (s *server) commented(ctx context.Context, in chan int) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-in:
		// Note that time.After starts anew with each request.
		case <-time.After(interval): // unsafe: explained
		}
	}
}
