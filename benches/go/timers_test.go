package evidence

import (
	"sync"
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
	// A retry whose first try succeeds never gets to its select: a timer made
	// before the loop is what each call pays then.
	var mu sync.Mutex
	succeed := func() error {
		mu.Lock()
		defer mu.Unlock()
		return nil
	}
	pair(b, "time-after-in-loop-retry", func(b *testing.B) {
		stop := make(chan struct{})
		retry := func() error {
			for {
				err := succeed()
				if err == nil {
					return nil
				}
				select {
				case <-stop:
					return err
				case <-time.After(time.Minute):
				}
			}
		}
		for b.Loop() {
			_ = retry()
		}
	}, func(b *testing.B) {
		stop := make(chan struct{})
		retry := func() error {
			timer := time.NewTimer(time.Minute)
			defer timer.Stop()
			for {
				err := succeed()
				if err == nil {
					return nil
				}
				timer.Reset(time.Minute)
				select {
				case <-stop:
					return err
				case <-timer.C:
				}
			}
		}
		for b.Loop() {
			_ = retry()
		}
	})
	// A ticker comes ten times within the timeout: does the timeout fire?
	const tick, timeout, length = 2 * time.Millisecond, 20 * time.Millisecond, 60 * time.Millisecond
	pair(b, "restarted-timeout", func(b *testing.B) {
		for b.Loop() {
			ticker := time.NewTicker(tick)
			end := time.NewTimer(length)
			fired := 0
			for running := true; running; {
				select {
				case <-ticker.C:
				case <-time.After(timeout):
					fired++
					running = false
				case <-end.C:
					running = false
				}
			}
			ticker.Stop()
			end.Stop()
			b.ReportMetric(float64(fired), "fired")
		}
	}, func(b *testing.B) {
		for b.Loop() {
			ticker := time.NewTicker(tick)
			end := time.NewTimer(length)
			late := time.After(timeout)
			fired := 0
			for running := true; running; {
				select {
				case <-ticker.C:
				case <-late:
					fired++
					running = false
				case <-end.C:
					running = false
				}
			}
			ticker.Stop()
			end.Stop()
			b.ReportMetric(float64(fired), "fired")
		}
	})
	// Whether the work comes a second time.
	again := func(times <-chan time.Time) float64 {
		came := make(chan struct{}, 2)
		go func() {
			for range times {
				came <- struct{}{}
				if len(came) == cap(came) {
					return
				}
			}
		}()
		time.Sleep(20 * tick)
		return min(float64(len(came)), 2)
	}
	pair(b, "time-after-range", func(b *testing.B) {
		for b.Loop() {
			b.ReportMetric(again(time.After(tick)), "rounds-of-2")
		}
	}, func(b *testing.B) {
		for b.Loop() {
			ticker := time.NewTicker(tick)
			b.ReportMetric(again(ticker.C), "rounds-of-2")
			ticker.Stop()
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
