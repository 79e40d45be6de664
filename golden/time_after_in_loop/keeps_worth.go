package time_after_in_loop

import (
	"context"
	"errors"
	"log"
	"os"
	"runtime"
	"time"
)

// A timer before the loop would be all that a first try that succeeds pays for.
func retry(ctx context.Context, try func() error, wait time.Duration) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait): // keeps: leaves-first
		}
	}
}

func attempt(ctx context.Context, try func() error) (err error) {
	for attempt := 0; attempt < 5; attempt++ {
		if err = try(); err == nil {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(attempt) * time.Second): // keeps: leaves-first
		}
	}
	return err
}

func leavesByLabel(rows [][]int, try func(int) bool, stop <-chan int) {
all:
	for _, row := range rows {
		for _, n := range row {
			switch {
			case try(n):
				break all
			}
			select {
			case <-stop:
				return
			case <-time.After(interval): // keeps: leaves-first
			}
		}
	}
}

func jumps(try func() bool, stop <-chan int) {
	for {
		if try() {
			goto done
		}
		select {
		case <-stop:
			return
		case <-time.After(interval): // keeps: leaves-first
		}
	}
done:
	work(1)
}

func ends(try func() int, stop <-chan int) {
	for {
		switch try() {
		case 1:
			panic("one")
		case 2:
			os.Exit(2)
		}
		select {
		case <-stop:
		case <-time.After(interval): // keeps: leaves-first
		}
	}
}

func endsElse(try func() int, stop <-chan int) {
	for {
		if n := try(); n == 3 {
			log.Fatal("three")
		} else if n == 4 {
			runtime.Goexit()
		}
		select {
		case <-stop:
		case <-time.After(interval): // keeps: leaves-first
		}
	}
}

// The first answer may be the last one.
func asked(ready func() bool, every time.Duration) {
	for !ready() {
		select {
		case <-time.After(every): // keeps: leaves-first
		}
	}
}

func (s *server) askedBefore(lookup func(string) *int, stop <-chan int) *int {
	found := lookup(s.name)
	for found == nil {
		select {
		case <-stop:
			return nil
		case <-time.After(interval): // keeps: leaves-first
			found = lookup(s.name)
		}
	}
	for s.timeout > 0 {
		select {
		case <-stop:
		case <-time.After(s.timeout): // keeps: leaves-first
		}
	}
	return found
}

// The try is behind a poll, which leads to the next case when it is not asked to stop.
func polled(stop, results chan int) int {
	for {
		select {
		case result := <-results:
			return result
		default:
		}
		select {
		case <-stop:
			return 0
		case <-time.After(interval): // keeps: leaves-first
		}
	}
}

// Nothing but the rows that fail wait.
func failing(rows []int, try func(int) bool, stop chan int) error {
	for _, row := range rows {
		if try(row) {
			continue
		}
		select {
		case stop <- row:
		case <-time.After(interval): // keeps: leaves-first
			return errors.New("full")
		}
	}
	return nil
}

// Counted from the second round on: the first is left before it waits.
func behindTheFirst(try func() bool, stop <-chan int) {
	for i := 0; ; i++ {
		if i > 0 {
			select {
			case <-stop:
				return
			case <-time.After(interval): // keeps: leaves-first
			}
		}
		if try() {
			return
		}
	}
}

// What reaches the select once has nothing to reuse.
func once(n int, in <-chan int, names []string) {
	for i := range n {
		work(i)
		if i == 0 {
			select {
			case <-in:
			case <-time.After(time.Second): // keeps: waits-once
			}
		}
	}
	for i := 0; i < n; i++ {
		if i > 0 {
			continue
		}
		select {
		case <-in:
		case <-time.After(time.Second): // keeps: waits-once
		}
	}
	for i, name := range names {
		work(len(name))
		if last := len(names) - 1; n > 1 && (last == i) {
			select {
			case <-in:
			case <-time.After(time.Second): // keeps: waits-once
			}
		}
	}
	for i := range n {
		switch i {
		case 2:
			select {
			case <-in:
			case <-time.After(time.Second): // keeps: waits-once
			}
		}
	}
}

func flagged(in <-chan int, s *struct{ waited bool }) {
	first := true
	for n := range in {
		work(n)
		if first {
			first = false
			select {
			case <-in:
			case <-time.After(time.Second): // keeps: waits-once
			}
		}
	}
	for n := range in {
		if !s.waited {
			select {
			case <-in:
			case <-time.After(time.Second): // keeps: waits-once
			}
			s.waited = true
		}
		work(n)
	}
	rounds := 0
	for n := range in {
		if rounds != 0 {
			work(n)
		} else {
			select {
			case <-in:
			case <-time.After(time.Second): // keeps: waits-once
			}
		}
		rounds++
	}
}

// A pause after a failure: beside it an allocation is nothing.
func backsOff(ctx context.Context, jobs <-chan int, try func(int) bool) {
	for job := range jobs {
		if !try(job) {
			select {
			case <-ctx.Done():
				return
			case <-time.After(interval): // keeps: seldom-reached
			}
		}
	}
}

func pausesAtTimes(stop <-chan int, backoff func() time.Duration) {
	for {
		if wait := backoff(); wait > 0 {
			select {
			case <-stop:
				return
			case <-time.After(wait): // keeps: seldom-reached
			}
		}
		work(1)
	}
}

// One timeout for all rounds, whichever way it is counted down.
func deadlines(in <-chan int, wait time.Duration, until time.Time) int {
	start := time.Now()
	for {
		select {
		case n := <-in:
			work(n)
		case <-time.After(time.Until(until)): // keeps: deadline
			return 0
		}
		select {
		case n := <-in:
			work(n)
		case <-time.After((wait - time.Since(start))): // keeps: deadline
			return 1
		}
		left := until.Sub(time.Now())
		select {
		case n := <-in:
			work(n)
		case <-time.After(left): // keeps: deadline
			return 2
		}
		select {
		case n := <-in:
			work(n)
		case <-time.After(interval - time.Since(start)): // keeps: deadline
			return 3
		}
	}
}

// A retry may be told to try once, or not at all.
func tries(ctx context.Context, attempts int, try func(int)) {
	for i := 0; i < attempts; i++ {
		try(i)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second): // keeps: few-pauses
		}
	}
	for i := attempts; i > 0; i-- {
		try(i)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(i) * time.Second): // keeps: few-pauses
		}
	}
	for i := range attempts {
		select {
		case <-ctx.Done():
			return
		case <-time.After(interval): // keeps: few-pauses
			try(i)
		}
	}
}

var pollEvery = time.Minute

func jitter(d time.Duration) time.Duration { return d }

// A pause that somebody chose.
func periodic(stop <-chan int, s *server, backoff func() time.Duration) {
	twice := 2 * s.timeout
	for {
		select {
		case <-stop:
			return
		case <-time.After(s.timeout): // keeps: set-elsewhere
			work(1)
		}
		select {
		case <-stop:
			return
		case <-time.After(twice): // keeps: set-elsewhere
			work(2)
		}
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(pollEvery)): // keeps: set-elsewhere
			work(3)
		}
		select {
		case <-time.After(jitter(time.Second)): // keeps: set-elsewhere
			work(4)
		case <-stop:
			return
		}
	}
}

// No more than one timer at a time is made.
func batches(in <-chan int, flush func()) {
	var due, late <-chan time.Time
	for {
		select {
		case n := <-in:
			if due == nil {
				due = time.After(interval) // keeps: one-at-a-time
			}
			if n > 0 && nil == late {
				late = time.After(time.Second) // keeps: one-at-a-time
			}
			switch {
			case due == nil:
				due = time.After(interval) // keeps: one-at-a-time
			}
			if late != nil {
				flush()
			} else {
				late = time.After(time.Second) // keeps: one-at-a-time
			}
		case <-due:
			flush()
			due = nil
		case <-late:
			return
		}
	}
}

// The channel that a loop begins with is made once.
func deadlineOfLoop(in <-chan int) {
	for deadline := time.After(time.Second); ; {
		select {
		case n := <-in:
			work(n)
		case <-deadline:
			return
		}
	}
}

// A comment has to end its line.
func commentInside(in <-chan int) {
	for {
		wait := (             // So long.
		time.After(interval)) // keeps: comment
		select {
		case <-in:
		case <-wait:
		}
	}
}

// Only after an error, which is seldom; what wakes it early is none of the loop's.
func afterError(ask func() error, wake, stop <-chan int, wait time.Duration) {
	for {
		if err := ask(); err != nil {
			select {
			case <-wake:
				continue
			case <-time.After(wait): // keeps: seldom-reached
				continue
			case <-stop:
				return
			}
		}
		work(1)
	}
}

// The rest is handed over at the end of each call, which would make a timer for it at its beginning.
func handOver(in chan int, out chan<- int, stop <-chan int) {
	for {
		select {
		case value := <-in:
			out <- value
		case <-stop:
			for {
				select {
				case value := <-in:
					select {
					case out <- value:
					case <-time.After(interval): // keeps: seldom-reached
						return
					}
				default:
					return
				}
			}
		}
	}
}

// Most calls get the answer in the first entry, and make one timer either way.
func answers(ctx context.Context, results <-chan int, requests chan<- int, alive func() bool) int {
	for {
		select {
		case result := <-results:
			return result
		case <-ctx.Done():
			return 0
		case <-time.After(100 * time.Millisecond): // keeps: answered-first
			if !alive() {
				return 1
			}
		}
	}
}

func sends(ctx context.Context, requests chan<- int, alive func() bool) bool {
	for i := 1; i <= 5; i++ {
		select {
		case requests <- i:
			return true
		case <-time.After(100 * time.Millisecond): // keeps: answered-first
			alive()
		}
	}
	return false
}
