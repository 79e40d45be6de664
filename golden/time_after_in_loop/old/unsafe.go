package old

import (
	"context"
	"time"
)

func work(int) {}

func drained(ctx context.Context, messages <-chan int, wait time.Duration) {
	for {
		select {
		case <-ctx.Done():
			return
		case message := <-messages: // a message
			// Do it.
			work(message)
		case <-time.After(wait):
			work(0)
		default:
		}
	}
}

func several(a, b chan int) {
loop:
	for {
		select {
		case <-a:
			select {
			case b <- 1:
			case <-time.After(time.Hour):
				break loop
			}
		case <-time.After(2 * time.Minute):
			return
		case <-time.After(time.Minute):
		}
	}
}

// A case of its own needs no drain.
func alone(wait time.Duration) {
	for {
		select {
		case <-time.After(wait):
		}
	}
}
