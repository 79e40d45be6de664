// Command run_turns goes round loops in real time, in steps that are far
// enough apart to tell what was received.
package main

import "fmt"
import "time"

var step = 100 * time.Millisecond

func every(n int, pause time.Duration) <-chan int {
	c := make(chan int)
	go func() {
		for i := range n {
			time.Sleep(pause)
			c <- i
		}
		close(c)
	}()
	return c
}

// The body takes longer than the timeout; the next wait is a whole one.
func slowBody() {
	messages := every(2, step)
	for i := 0; i < 4; i++ {
		began := time.Now()
		select {
		case _, ok := <-messages:
			fmt.Println("message", ok)
			time.Sleep(3 * step)
			if !ok {
				messages = nil
			}
		case <-time.After(2 * step):
			fmt.Println("timeout", time.Since(began) >= 2*step)
		}
	}
}

// The time before the first select is longer than the timeout.
func slowStart() {
	messages := every(1, 4*step)
	for range 2 {
		time.Sleep(3 * step)
		select {
		case <-messages:
			fmt.Println("message")
		case <-time.After(2 * step):
			fmt.Println("timeout")
		}
	}
}

func expired() {
	var now time.Duration
	for i := 0; i < 3; i++ {
		select {
		case <-time.After(now):
			fmt.Println("at once", i)
		}
	}
	ready := make(chan int, 100)
	for i := 0; i < 100; i++ {
		ready <- i
	}
	n := 0
	for n < 100 {
		select {
		case <-ready:
			n++
			time.Sleep(10 * time.Microsecond)
		case <-time.After(step / step):
		}
	}
	fmt.Println("all", n)
}

func polling() {
	n := 0
	for n < 3 {
		select {
		case <-time.After(time.Hour):
			fmt.Println("never")
		default:
			n++
		}
	}
	fmt.Println("polled", n)
}

func several() {
	messages := every(2, step)
	for {
		select {
		case _, ok := <-messages:
			fmt.Println("message", ok)
			if !ok {
				messages = nil
			}
			select {
			case messages := <-messages:
				fmt.Println("another", messages)
			case <-time.After(step / 2):
				fmt.Println("no other")
			}
		case <-time.After(3 * step):
			fmt.Println("first")
			return
		case <-time.After(time.Hour):
			fmt.Println("second")
		}
	}
}

func main() {
	slowBody()
	slowStart()
	expired()
	polling()
	several()
}
