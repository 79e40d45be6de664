package time_after_in_loop

import (
	"context"
	"time"
)

// Counterexample 15: the declaration would run again at each turn.
func again(stop <-chan int) {
again:
	work(1)
	for {
		select {
		case <-stop:
			return
		case <-time.After(interval): // keeps: goto
			goto again
		}
	}
}

func over(stop <-chan int, skip bool) {
	if skip {
		goto loop
	}
	work(1)
loop:
	for {
		select {
		case <-stop:
			return
		case <-time.After(interval): // keeps: goto
		}
	}
}

func into(stop <-chan int, n int) {
	for {
		work(n)
	wait:
		select {
		case <-stop:
			return
		case <-time.After(interval): // keeps: goto
			n++
			if n%2 == 0 {
				goto wait
			}
		}
	}
}

func waits(channels <-chan chan int, in <-chan int, out chan<- int) {
	for {
		select {
		case <-<-channels:
		case <-time.After(interval): // keeps: operand-waits
		}
		select {
		case out <- <-in:
		case <-time.After(interval): // keeps: operand-waits
		}
	}
}

// Counterexample 16: the duration changes what is sent.
func attempts(out chan<- int, backoff func(*int) time.Duration) {
	attempt := 0
	for {
		select {
		case out <- attempt:
		case <-time.After(backoff(&attempt)): // keeps: operand-changes
			return
		}
	}
}

func attemptsOfLiteral(out chan<- int) {
	attempt := 0
	next := func() time.Duration {
		attempt++
		return time.Duration(attempt)
	}
	for {
		select {
		case out <- attempt:
		case <-time.After(next()): // keeps: operand-changes
			return
		}
	}
}

// As grpcproxy's keep-alive loop does.
func storedInCase(responses <-chan int) {
	var ticker <-chan time.Time
	for {
		select {
		case <-ticker:
			return
		case n := <-responses:
			ticker = time.After(time.Duration(n)) // keeps: stored-briefly
		}
	}
}

func storedForTurn(busy func() bool, stop <-chan int) {
	for {
		var tick <-chan time.Time
		if busy() {
			tick = time.After(interval) // keeps: stored-briefly
		}
		var late = time.After(time.Minute)       // keeps: stored-briefly
		timeout, n := time.After(time.Second), 1 // keeps: stored-briefly
		select {
		case <-tick:
		case <-timeout:
			work(n)
		case <-late:
		case <-stop:
			return
		}
	}
}

// No findings from here on.

func hoisted(messages <-chan int) {
	deadline := time.After(5 * time.Second)
	for {
		select {
		case message := <-messages:
			work(message)
		case <-deadline:
			return
		}
	}
}

func deadlineOfTurn(rows [][]int, messages <-chan int) {
	for range rows {
		deadline := time.After(time.Second)
		for running := true; running; {
			select {
			case message := <-messages:
				work(message)
			case <-deadline:
				running = false
			}
		}
	}
}

func leaves(messages <-chan int) int {
	for {
		select {
		case message := <-messages:
			return message
		case <-time.After(interval):
			return 0
		}
	}
}

func leavesByBreak(messages <-chan int, rows []int) int {
	for _, row := range rows {
		if row == 0 {
			continue
		}
	inner:
		for {
			select {
			case <-messages:
				break inner
			case <-time.After(interval):
				return 1
			}
		}
		return row
	}
	return 0
}

func leavesByFatal(messages <-chan int) {
	for {
		select {
		case <-messages:
			panic("message")
		case <-time.After(interval):
		}
		break
	}
}

// The select is left for good, whatever the loop does before.
func onlyOnce(messages <-chan int, rows []int) int {
	for _, row := range rows {
		if row == 0 {
			continue
		}
		if row > 1 {
			select {
			case <-messages:
			case <-time.After(interval):
			}
			return row
		}
		work(row)
	}
	return 0
}

func noLoop(messages <-chan int) {
	select {
	case <-messages:
	case <-time.After(interval):
	}
}

func inLiteralOfLoop(messages <-chan int) {
	for {
		func() {
			select {
			case <-messages:
			case <-time.After(interval):
			}
		}()
	}
}

func passed(use func(<-chan time.Time), out chan<- (<-chan time.Time), times chan<- time.Time) (<-chan time.Time, []<-chan time.Time) {
	var all []<-chan time.Time
	for {
		use(time.After(interval))
		all = append(all, time.After(interval))
		select {
		case out <- time.After(interval):
		case times <- <-time.After(interval):
		default:
			return time.After(interval), all
		}
	}
}

type mine struct{ c chan time.Time }

func (m mine) After(time.Duration) <-chan time.Time { return m.c }

func fake(ctx context.Context, time mine) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(1):
		}
	}
}

func asValue(stop <-chan int) {
	after := time.After
	for {
		select {
		case <-stop:
			return
		case <-after(interval):
		}
	}
}

// time.After(interval) in a comment, "case <-time.After(d):" in a string.
func words() string { return "case <-time.After(d):" }
