package evidence

import (
	"context"
	"io"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

func BenchmarkChannels(b *testing.B) {
	// Messages through a receiver that polls, and through one that waits.
	pair(b, "select-default-spin", func(b *testing.B) {
		messages, done := make(chan int), make(chan struct{})
		go func() {
			for {
				select {
				case value, ok := <-messages:
					if !ok {
						close(done)
						return
					}
					sinkInt = value
				default:
				}
			}
		}()
		for b.Loop() {
			messages <- 1
		}
		close(messages)
		<-done
	}, func(b *testing.B) {
		messages, done := make(chan int), make(chan struct{})
		go func() {
			for {
				select {
				case value, ok := <-messages:
					if !ok {
						close(done)
						return
					}
					sinkInt = value
				}
			}
		}()
		for b.Loop() {
			messages <- 1
		}
		close(messages)
		<-done
	})
	pair(b, "channel-counter", func(b *testing.B) {
		increments, total := make(chan int, 128), make(chan int)
		go func() {
			sum := 0
			for n := range increments {
				sum += n
			}
			total <- sum
		}()
		for b.Loop() {
			increments <- 1
		}
		close(increments)
		sinkInt = <-total
	}, func(b *testing.B) {
		var total atomic.Int64
		for b.Loop() {
			total.Add(1)
		}
		sinkInt = int(total.Load())
	})
	items := make([]uint64, 10_000)
	pair(b, "goroutine-per-item", func(b *testing.B) {
		for b.Loop() {
			var wg sync.WaitGroup
			for i := range items {
				wg.Go(func() { items[i]++ })
			}
			wg.Wait()
		}
	}, func(b *testing.B) {
		for b.Loop() {
			var wg sync.WaitGroup
			var next atomic.Int64
			for range runtime.GOMAXPROCS(0) {
				wg.Go(func() {
					for {
						i := next.Add(1) - 1
						if i >= int64(len(items)) {
							return
						}
						items[i]++
					}
				})
			}
			wg.Wait()
		}
	})
	var mu sync.Mutex
	counts := map[string]int{}
	pair(b, "defer-unlock", func(b *testing.B) {
		for b.Loop() {
			func() {
				mu.Lock()
				defer mu.Unlock()
				counts["key"]++
			}()
		}
	}, func(b *testing.B) {
		for b.Loop() {
			func() {
				mu.Lock()
				counts["key"]++
				mu.Unlock()
			}()
		}
	})
	// How many of a thousand files are open at once.
	pair(b, "defer-in-loop", func(b *testing.B) {
		count(b, openAtOnce(false), "open-at-once")
	}, func(b *testing.B) {
		count(b, openAtOnce(true), "open-at-once")
	})
	pool := sync.Pool{New: func() any { return new([64 << 10]byte) }}
	pair(b, "buffer-per-call", func(b *testing.B) {
		for b.Loop() {
			buffer := make([]byte, 64<<10)
			sinkBytes = buffer
		}
	}, func(b *testing.B) {
		for b.Loop() {
			buffer := pool.Get().(*[64 << 10]byte)
			sinkBytes = buffer[:]
			pool.Put(buffer)
		}
	})
	logger := slog.New(slog.NewTextHandler(io.Discard, nil))
	ctx := context.Background()
	pair(b, "interface-boxing", func(b *testing.B) {
		n := 1000
		count(b, testing.AllocsPerRun(100, func() {
			n++
			logger.Info("request", "status", n, "size", n)
		}), "allocations-per-line")
	}, func(b *testing.B) {
		n := 1000
		count(b, testing.AllocsPerRun(100, func() {
			n++
			logger.LogAttrs(ctx, slog.LevelInfo, "request", slog.Int("status", n), slog.Int("size", n))
		}), "allocations-per-line")
	})
}

// openAtOnce opens and releases a thousand things in a loop and gives the most
// that were open at once.
func openAtOnce(each bool) float64 {
	open, most := 0, 0
	acquire := func() {
		open++
		most = max(most, open)
	}
	release := func() { open-- }
	for range 1000 {
		if each {
			func() {
				acquire()
				defer release()
			}()
			continue
		}
		acquire()
		defer release()
	}
	return float64(most)
}
