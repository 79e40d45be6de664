package evidence

import (
	"runtime"
	"sync"
	"testing"
	"time"
)

// spin is about a microsecond of arithmetic.
func spin(seed uint64) uint64 {
	for range 1000 {
		seed ^= seed << 13
		seed ^= seed >> 7
		seed ^= seed << 17
	}
	return seed
}

func sum(values []uint64) (total uint64) {
	for _, value := range values {
		total += value
	}
	return total
}

func sumYielding(values []uint64) (total uint64) {
	for i, value := range values {
		total += value
		if i%1000 == 0 {
			runtime.Gosched()
		}
	}
	return total
}

// pingPong hands b.N messages to a worker and back.
func pingPong(b *testing.B, prepare func()) {
	in, out := make(chan int), make(chan int)
	go func() {
		prepare()
		for value := range in {
			out <- value
		}
		close(out)
	}()
	for b.Loop() {
		in <- 1
		<-out
	}
	close(in)
	<-out
}

// pool computes 64 items on so many goroutines.
func pool(workers int) {
	var wg sync.WaitGroup
	results := make([]uint64, 64)
	for worker := range workers {
		wg.Go(func() {
			for item := worker; item < len(results); item += workers {
				results[item] = spin(uint64(item) + 1)
			}
		})
	}
	wg.Wait()
	sinkUint64 = sum(results)
}

// short runs a goroutine to its end on the thread that it may have locked.
func short(b *testing.B, body func()) {
	for b.Loop() {
		done := make(chan struct{})
		go func() {
			defer close(done)
			body()
		}()
		<-done
	}
}

func BenchmarkScheduler(b *testing.B) {
	values := make([]uint64, 1<<20)
	pair(b, "gosched", func(b *testing.B) {
		for b.Loop() {
			sinkUint64 = sumYielding(values)
		}
	}, func(b *testing.B) {
		for b.Loop() {
			sinkUint64 = sum(values)
		}
	})
	pair(b, "lock-os-thread", func(b *testing.B) {
		pingPong(b, runtime.LockOSThread)
	}, func(b *testing.B) {
		pingPong(b, func() {})
	})
	pair(b, "lock-without-unlock", func(b *testing.B) {
		short(b, runtime.LockOSThread)
	}, func(b *testing.B) {
		short(b, func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
		})
	})
	// The call by itself: what it does to updates of the limit is not a figure.
	pair(b, "gomaxprocs-call", func(b *testing.B) {
		defer runtime.SetDefaultGOMAXPROCS()
		n := runtime.GOMAXPROCS(0)
		for b.Loop() {
			runtime.GOMAXPROCS(n)
		}
	}, func(b *testing.B) {
		for b.Loop() {
			sinkInt = runtime.GOMAXPROCS(0)
		}
	})
	pair(b, "gomaxprocs-one", func(b *testing.B) {
		defer runtime.SetDefaultGOMAXPROCS()
		runtime.GOMAXPROCS(1)
		for b.Loop() {
			pool(4)
		}
	}, func(b *testing.B) {
		for b.Loop() {
			pool(4)
		}
	})
	// How many workers start, or goroutines can run, where the process is left one
	// processor, as in a container that is allowed one.
	pair(b, "num-cpu-for-parallelism", func(b *testing.B) {
		count(b, onOneProcessor(b, runtime.NumCPU), "workers-on-1-cpu")
	}, func(b *testing.B) {
		// The testing package has set it.
		runtime.SetDefaultGOMAXPROCS()
		count(b, onOneProcessor(b, follows(1)), "workers-on-1-cpu")
	})
	// What automaxprocs sets at the start ends the runtime's own updates.
	pair(b, "automaxprocs", func(b *testing.B) {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
		count(b, onOneProcessor(b, follows(1)), "at-once-on-1-cpu")
	}, func(b *testing.B) {
		runtime.SetDefaultGOMAXPROCS()
		count(b, onOneProcessor(b, follows(1)), "at-once-on-1-cpu")
	})
	// How many of 16 a bound of 8 lets in while 100 others wait for something else.
	pair(b, "num-goroutine-gate", func(b *testing.B) {
		count(b, letIn(func(until time.Time) bool {
			for runtime.NumGoroutine() > 8 {
				if time.Now().After(until) {
					return false
				}
				runtime.Gosched()
			}
			return true
		}), "let-in-of-8")
	}, func(b *testing.B) {
		slots := make(chan struct{}, 8)
		count(b, letIn(func(until time.Time) bool {
			select {
			case slots <- struct{}{}:
				return true
			case <-time.After(time.Until(until)):
				return false
			}
		}), "let-in-of-8")
	})
}

// onOneProcessor gives what workers says while the process is left one processor.
func onOneProcessor(b *testing.B, workers func() int) float64 {
	b.Helper()
	defer runtime.SetDefaultGOMAXPROCS()
	restore, err := limit(1)
	if err != nil {
		b.Skip(err)
	}
	defer restore()
	return float64(workers())
}

// follows reads GOMAXPROCS until it is n, for as long as the runtime may take to notice.
func follows(n int) func() int {
	return func() int {
		for range 30 {
			if runtime.GOMAXPROCS(0) == n {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		return runtime.GOMAXPROCS(0)
	}
}

// letIn gives how many of 16 goroutines gate lets in before the first ends.
func letIn(gate func(until time.Time) bool) float64 {
	over := make(chan struct{})
	var all sync.WaitGroup
	defer all.Wait()
	defer close(over)
	for range 100 {
		all.Go(func() { <-over })
	}
	in := 0
	until := time.Now().Add(20 * time.Millisecond)
	for range 16 {
		if !gate(until) {
			break
		}
		in++
		all.Go(func() { <-over })
	}
	return float64(in)
}
