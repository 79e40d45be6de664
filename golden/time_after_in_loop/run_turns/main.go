// Command run_turns tells when each select of many kinds of loops moved on, on
// the clock of a bubble, where waiting takes no time.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

var start time.Time

func say(what string, more ...any) {
	fmt.Println(append([]any{time.Since(start), what}, more...)...)
}

// after sends to a new channel at each of the given moments, then closes it.
func after(moments ...time.Duration) <-chan int {
	c := make(chan int)
	go func() {
		defer close(c)
		for i, moment := range moments {
			time.Sleep(time.Until(start.Add(moment)))
			c <- i
		}
	}()
	return c
}

// An idle timeout starts anew with each message.
func idle() {
	messages := after(1*time.Second, 4*time.Second, 6*time.Second, time.Minute)
	for {
		select {
		case n := <-messages:
			say("message", n)
		case <-time.After(5 * time.Second):
			say("idle")
			<-messages
			return
		}
	}
}

// Two cases that go on, as in the loop whose timeout SRC 3 would have moved.
func two() {
	messages, ticks := after(3*time.Second, 9*time.Second), after(4*time.Second, 8*time.Second, 12*time.Second)
	for {
		select {
		case n, ok := <-messages:
			if !ok {
				messages = nil
				continue
			}
			say("message", n)
		case _, ok := <-ticks:
			if !ok {
				ticks = nil
				continue
			}
			say("tick")
		case <-time.After(5 * time.Second):
			say("timeout")
			return
		}
	}
}

// The body takes longer than the timeout; nothing old is left in the channel.
func slowBody() {
	messages := after(1*time.Second, 2*time.Second)
	for i := 0; i < 4; i++ {
		select {
		case _, ok := <-messages:
			time.Sleep(10 * time.Second)
			say("worked", ok)
			if !ok {
				messages = nil
			}
		case at := <-time.After(5 * time.Second):
			say("timeout", at.Sub(start))
		}
	}
}

func backOff() {
	delay := time.Millisecond
	rounds := make(chan int, 5)
	for i := range 5 {
		rounds <- i
	}
	close(rounds)
	var never chan int
	for i := range rounds {
		if i == 2 {
			continue
		}
		select {
		case <-time.After(delay):
			delay *= 2
			say("again", delay)
		case <-never:
			say("never")
		}
	}
}

func evaluations() {
	calls := 0
	next := func() time.Duration { calls++; return time.Duration(calls) * time.Second }
	for range 3 {
		select {
		case <-time.After(next()):
			say("calls", calls)
		}
	}
}

func twoTimers() {
	messages := after(500*time.Millisecond, 3*time.Second)
	var warned bool
	for {
		var soon, late time.Duration = time.Second, 2 * time.Second
		if warned {
			soon = time.Hour
		}
		select {
		case _, ok := <-messages:
			say("message", ok)
			warned = false
			if !ok {
				messages = nil
			}
		case <-time.After(soon):
			say("warn")
			warned = true
		case <-time.After(late):
			say("give up")
			if messages == nil {
				return
			}
			warned = false
		}
	}
}

func nested() {
	in, out := after(time.Second, 2*time.Second, 8*time.Second), make(chan int)
loop:
	for {
		select {
		case n, ok := <-in:
			if !ok {
				break loop
			}
		inner:
			select {
			case out <- n:
			case <-time.After(3 * time.Second):
				say("dropped", n)
				if n == 1 {
					break inner
				}
				continue loop
			}
			say("after", n)
		case <-time.After(2 * time.Second):
			say("nothing came")
		}
	}
	say("closed")
}

func polling() {
	done := make(chan struct{})
	time.AfterFunc(35*time.Millisecond, func() { close(done) })
	for turns := 0; ; turns++ {
		select {
		case <-done:
			say("turns", turns)
			return
		case <-time.After(10 * time.Millisecond):
		}
		select {
		case <-time.After(-1):
		}
		select {
		case <-time.After(time.Hour):
			say("never")
		default:
		}
	}
}

func cancelled(ctx context.Context) error {
	for i := range 10 {
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), io.EOF)
		case <-time.After(time.Duration(i) * time.Second):
			say("step", i)
		}
	}
	return nil
}

func each(yield func(int) bool) {
	for i := range 3 {
		if !yield(i) {
			return
		}
	}
}

func rangeOverFunc() {
	for i := range each {
		select {
		case <-time.After(time.Duration(i+1) * time.Second):
			say("yielded", i)
		}
	}
}

func assigned() {
	var at time.Time
	var ok bool
	for range 2 {
		select {
		case at, ok = <-time.After(time.Second):
		}
		say("assigned", at.Sub(start), ok)
	}
}

func zeroTurns(wait *time.Duration) {
	for range 0 {
		select {
		case <-time.After(*wait):
		}
	}
	say("nothing to do")
}

func recovered() {
	closed := make(chan int)
	close(closed)
	defer func() { say("recovered", recover()) }()
	for {
		select {
		case closed <- 1:
		case <-time.After(time.Second):
		}
	}
}

func stops() {
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	say("cancelled", cancelled(ctx) != nil)
}

func main() {
	programs := []func(){
		idle, two, slowBody, backOff, evaluations, twoTimers, nested, polling, rangeOverFunc, assigned, recovered,
		stops, func() { zeroTurns(nil) },
	}
	var tests []testing.InternalTest
	for i, program := range programs {
		test := func(t *testing.T) {
			fmt.Println("program", i)
			synctest.Test(t, func(*testing.T) {
				start = time.Now()
				program()
			})
		}
		tests = append(tests, testing.InternalTest{Name: fmt.Sprint(i), F: test})
	}
	testing.Main(func(string, string) (bool, error) { return true, nil }, tests, nil, nil)
}
