package time_after_in_loop

import (
	"testing"
	"time"
)

func BenchmarkTimeAfter(b *testing.B) {
	stop := make(chan int, 1)
	for range b.N {
		stop <- 1
		select {
		case <-stop:
		case <-time.After(time.Hour): // keeps: is-the-subject
		}
	}
}
