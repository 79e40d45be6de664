package selectdefaultspin

import (
	"runtime"
	"testing"
)

// What it measures is the poll.
func BenchmarkPoll(b *testing.B) {
	in := make(chan int)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			select {
			case <-in:
			default: // keeps: meant-to-spin
			}
		}
	})
	for b.Loop() {
		select {
		case <-in:
		default: // keeps: meant-to-spin
		}
	}
}

// What runs beside keeps the processors busy until it is told to stop.
func TestUsage(t *testing.T) {
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-stop:
				return
			default: // keeps: meant-to-spin
			}
		}
	}()
	close(stop)
}

func TestYieldProgress(t *testing.T) {
	stop := make(chan bool)
	go func() {
		for {
			select {
			case <-stop:
				return
			default: // keeps: meant-to-spin
				runtime.Gosched()
			}
		}
	}()
	stop <- true
}
