package time_after_in_loop

import (
	"context"
	"time"
)

const (
	interval = 10 * time.Millisecond
	seconds  = 5
)

var patience = time.Second

type server struct {
	name    string
	timeout time.Duration
	stopped chan struct{}
	ctx     context.Context
}

func work(int) {}

// An idle timeout, as SRC 3 shows it.
func idle(messages <-chan int) {
	for {
		select {
		case message := <-messages:
			work(message)
		case <-time.After(5 * time.Second):
			return
		}
	}
}

// The comment of the loop stays with the loop.
func commented(ctx context.Context, wake <-chan int) {
	n := 0

	// Look every so often.
	// It does no harm.
	for n < 10 { // at most ten times
		n++

		// Whatever comes first.
		select {
		case <-ctx.Done():
			return
		case <-wake: // told
		case <-time.After(interval): // not told
		}
	}
}

func condition(ready func() bool, every time.Duration) {
	for {
		select {
		case <-time.After(every):
		}
		if ready() {
			return
		}
	}
}

func counted(stop <-chan int) {
	for i := range 3 {
		select {
		case <-time.After(time.Duration(i) * time.Second):
		case <-stop:
		}
	}
	for i := 0; i < 3; i++ {
		select {
		case <-time.After(time.Duration(seconds)*time.Second + 1e6):
		case <-stop:
		}
	}
}

// The value is received and assigned in every way that there is.
func received(stop <-chan int) (last time.Time) {
	var ok bool
	times := make([]time.Time, 1)
	for {
		select {
		case now := <-time.After(interval):
			last = now
		case <-stop:
			return last
		}
		select {
		case last = <-time.After(interval):
		case <-stop:
		}
		select {
		case last, ok = <-time.After(interval):
		case <-stop:
		}
		select {
		case now, open := <-time.After(interval):
			last, ok = now, open
		case <-stop:
		}
		select {
		case times[len(times)-1] = (<-(time.After(interval))):
		case <-stop:
		}
		_ = ok
	}
}

// A back-off is read anew each time.
func backOff(try func() bool, stop <-chan struct{}) {
	delay := time.Millisecond
	for {
		select {
		case <-stop:
			return
		case <-time.After(delay):
			delay = min(2*delay, time.Second)
		}
		if try() {
			return
		}
	}
}

func parameter(wait time.Duration, stop <-chan int, next <-chan time.Duration) {
	for {
		select {
		case <-stop:
			return
		case wait = <-next:
		case <-time.After(wait):
			wait *= 2
		}
	}
}

// Nothing but a constant or a local of this function is evaluated before the loop.
func (s *server) fields(other <-chan int, waits []time.Duration) {
	for {
		select {
		case <-s.stopped:
			work(1)
		case <-time.After(s.timeout):
		}
		select {
		case <-other:
		case <-time.After(patience):
		}
		select {
		case <-other:
		case <-time.After(waits[0]):
		}
		wait := 2 * s.timeout
		select {
		case <-other:
		case <-time.After(wait):
		}
		const often = time.Millisecond
		select {
		case <-other:
		case <-time.After(often):
		}
	}
}

// Counterexample 13: `s` is nil until the loop has dialled.
func dialled(dial func() *server) {
	var s *server
	for {
		if s == nil {
			s = dial()
			continue
		}
		select {
		case <-s.stopped:
			s = nil
		case <-time.After(s.timeout):
		}
	}
}

func shadowed(wait time.Duration, stop <-chan int) {
	for i := range 2 {
		wait := wait * time.Duration(i)
		select {
		case <-stop:
		case <-time.After(wait):
		}
	}
}

// Somebody else writes `wait` at the same time, behind a lock or not.
func written(stop <-chan int) {
	wait := time.Second
	go func() { wait = 2 * wait }()
	for {
		select {
		case <-stop:
			return
		case <-time.After(wait):
		}
	}
}

func captured(wait time.Duration, stop <-chan int) {
	delay := time.Second
	delay /= 2
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(wait):
			}
		}
	}()
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(delay):
			}
		}
	}()
}

func pointed(adjust func(*time.Duration), stop <-chan int) {
	wait := time.Second
	adjust(&wait)
	for {
		select {
		case <-stop:
			return
		case <-time.After(wait):
		}
	}
}

// Several timers in one select, and selects within selects.
func several(a, b chan int) {
	for {
		select {
		case <-a:
			select {
			case b <- 1:
			case <-time.After(interval):
			}
		case <-time.After(time.Second):
			return
		case <-time.After(time.Minute):
			work(1)
		default:
			work(2)
		}
	}
}

func nestedLoops(rows [][]int, stop <-chan int) {
	for _, row := range rows {
		for range row {
			for {
				select {
				case <-stop:
					return
				case <-time.After(interval):
				}
				break
			}
		}
	}
}

func inBranches(kind any, stop, rows <-chan int) {
	if kind != nil {
		for range rows {
			switch kind := kind.(type) {
			case int:
				if kind > 0 {
					select {
					case <-stop:
						work(kind)
					case <-time.After(interval):
					}
				}
			case string:
				select {
				case <-stop:
				case <-time.After(time.Duration(len(kind))):
				}
			}
		}
	}
}

func rangeOver(each func(func(int) bool), numbers <-chan int, table map[string]int) {
	for n := range each {
		select {
		case <-time.After(interval):
			work(n)
		}
	}
	for range numbers {
		select {
		case <-time.After(interval):
		}
	}
	for key := range table {
		select {
		case <-time.After(time.Duration(table[key])):
		}
	}
}

type queue[T any] struct{ items chan T }

func (q *queue[T]) drain(each func(T), wait time.Duration) {
	for {
		select {
		case item := <-q.items:
			each(item)
		case <-time.After(wait):
			return
		}
	}
}

func generic[D ~int64](wait D, stop <-chan int) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(wait)):
		}
	}
}

var poll = func(stop <-chan int) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(interval):
		}
	}
}

func init() {
	for false {
		select {
		case <-time.After(interval):
		}
	}
}

func atOnce(stop <-chan int) *int {
	for {
		select {
		case <-stop:
			return new(16)
		case <-time.After(
			// A pause.
			5 * time.Second,
		):
		case <-time.After(interval /* or so */):
		}
	}
}

func deferred(stop <-chan int) {
	defer func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(interval):
			}
		}
	}()
	for {
		func() {
			defer work(1)
		}()
		select {
		case <-stop:
			return
		case <-time.After(interval):
		}
	}
}
