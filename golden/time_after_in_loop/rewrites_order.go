package time_after_in_loop

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"
)

func (s *server) Stopped() <-chan struct{} { return s.stopped }

func (s *server) stopping() <-chan struct{} { return s.Stopped() }

func (s *server) wait() time.Duration { return s.timeout / 2 }

func stoppedOf(s *server) <-chan struct{} { return s.stopped }

func compute() int { return 1 }

// What stands above does nothing and takes no time.
func (s *server) quietAbove(ctx context.Context, r *http.Request, out chan int, batch []int) {
	for {
		select {
		case <-ctx.Done():
		case <-s.ctx.Done():
		case <-r.Context().Done():
		case <-s.Stopped():
		case <-s.stopping():
		case <-stoppedOf(s):
		case out <- batch[0]:
		case out <- len(batch) + int(s.timeout):
		case <-time.After(s.timeout):
		}
	}
}

// What stands below was evaluated behind the duration all along.
func (s *server) below(connect func() chan int, waits chan chan int, out chan int) {
	for {
		select {
		case <-time.After(s.timeout):
		case <-connect():
		case <-<-waits:
		case out <- compute():
		}
	}
}

func (s *server) durationCalls(ctx context.Context, stop chan int, next func() time.Duration, deadline time.Time) {
	for {
		select {
		case <-stop:
		case <-ctx.Done():
		case stop <- 1:
		case <-time.After(next()):
			return
		}
		select {
		case <-s.stopped:
		case <-time.After(time.Until(deadline)): // keeps: deadline
			return
		}
		select {
		case <-s.stopped:
		case <-time.After(s.wait()):
			return
		}
		select {
		case <-s.stopped:
		case <-time.After(rand.N(time.Second)):
			return
		}
		select {
		case <-time.After(<-make(chan time.Duration)):
		case <-s.stopped:
		}
	}
}

// The second is safe once the first is rewritten.
func inTurn(next func() time.Duration) {
	for {
		select {
		case <-time.After(next()):
		case <-time.After(next()): // unsafe: operand-calls
		}
	}
}
