package evidence

import (
	"testing"
	"time"
)

func BenchmarkTimers(b *testing.B) {
	// A worker that waits for a message or for a timeout, and always gets the
	// message.
	pair(b, "time-after-in-loop", func(b *testing.B) {
		messages := make(chan int, 1)
		for b.Loop() {
			messages <- 1
			select {
			case <-messages:
			case <-time.After(time.Minute):
			}
		}
	}, func(b *testing.B) {
		messages := make(chan int, 1)
		timer := time.NewTimer(time.Minute)
		defer timer.Stop()
		for b.Loop() {
			messages <- 1
			timer.Reset(time.Minute)
			select {
			case <-messages:
			case <-timer.C:
			}
		}
	})
	// The wait itself is the same; a nanosecond leaves what surrounds it.
	pair(b, "time-after-sleep", func(b *testing.B) {
		for b.Loop() {
			<-time.After(1)
		}
	}, func(b *testing.B) {
		for b.Loop() {
			time.Sleep(1)
		}
	})
}
