package time_after_in_loop

import (
	"context"
	"time"
)

// That somebody asks it to stop is no call that succeeds at once.
func stops(ctx context.Context, quit <-chan struct{}, in chan int, step func() int) {
	for {
		if ctx.Err() != nil {
			return
		}
		if err := ctx.Err(); err != nil {
			return
		}
		select {
		case <-quit:
			return
		default:
		}
		n, ok := <-in
		if !ok {
			return
		}
		select {
		case in <- n + step():
		case <-time.After(interval): // unsafe: operand-calls
		}
		select {
		case in <- n:
		case <-time.After(time.Second):
		}
	}
}

func untilDone(ctx context.Context, start time.Time, wake <-chan int) {
	for ctx.Err() == nil {
		select {
		case <-wake:
		case <-time.After(interval):
		}
	}
	for time.Since(start) < time.Minute {
		select {
		case <-wake:
		case <-time.After(interval):
		}
	}
	for done := false; !done; {
		select {
		case <-wake:
			done = true
		case <-time.After(interval):
		}
	}
}

// Each worker lives as long as there are jobs.
func forwards(jobs <-chan int, out chan<- int) {
	for job := range jobs {
		if job > 0 {
			select {
			case out <- job:
			case <-time.After(interval):
				work(job)
			}
		}
	}
}

// It is left in the first round, but by way of the select.
func behind(try func() bool, stop <-chan int) bool {
	for {
		select {
		case <-stop:
			return false
		case <-time.After(interval):
		}
		if try() {
			return true
		}
	}
}

// A flag that is set again, and a number that comes again.
func onceMore(in <-chan int, rows [][]int) {
	first := true
	for n := range in {
		if n == 0 {
			select {
			case <-in:
			case <-time.After(interval):
			}
		}
		if first {
			first = false
			select {
			case <-in:
			case <-time.After(interval):
			}
		}
		first = n > 1
	}
	for range rows {
		for i := range 3 {
			if i != 0 {
				work(i)
			}
			select {
			case <-in:
			case <-time.After(interval):
			}
		}
	}
}

type schedule struct{ next time.Time }

// The moment moves, or the wait is no pause.
func moves(s *schedule, in <-chan int, deadline time.Time) {
	for {
		select {
		case n := <-in:
			work(n)
		case <-time.After(time.Until(s.next)):
			s.next = s.next.Add(time.Second)
		}
		select {
		case n := <-in:
			deadline = deadline.Add(time.Duration(n))
		case <-time.After(time.Until(deadline)):
			return
		}
	}
}

// How long it takes is known, or what is gone through tells how often.
func paced(stop <-chan int, rows []int, wait time.Duration) {
	pause := 20 * time.Millisecond
	for i := 0; i < len(rows); i++ {
		select {
		case <-stop:
			return
		case <-time.After(pause):
			work(rows[i])
		}
	}
	for range rows {
		select {
		case <-stop:
			return
		case <-time.After(wait):
		}
	}
	for i := 0; i < 100; i++ {
		select {
		case <-stop:
			return
		case <-time.After(pause):
			work(i)
		}
	}
}
