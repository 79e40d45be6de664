package evidence

import (
	"runtime"
	"sync"
	"testing"
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

// burn spins and uses what comes out.
func burn() {
	if spin(1) == 0 {
		panic("a xorshift never reaches zero")
	}
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
	// Four times as many goroutines as may run, as in a container that is
	// allowed a quarter of the machine's processors.
	pair(b, "num-cpu-for-parallelism", func(b *testing.B) {
		for b.Loop() {
			pool(4 * runtime.GOMAXPROCS(0))
		}
	}, func(b *testing.B) {
		for b.Loop() {
			pool(runtime.GOMAXPROCS(0))
		}
	})
	// Set of automaxprocs ends in the first call, and that ends the runtime's own
	// updates; the second is what brings them back. Neither is about time.
	pair(b, "automaxprocs", func(b *testing.B) {
		defer runtime.SetDefaultGOMAXPROCS()
		n := runtime.GOMAXPROCS(0)
		for b.Loop() {
			runtime.GOMAXPROCS(n)
		}
	}, func(b *testing.B) {
		for b.Loop() {
			runtime.SetDefaultGOMAXPROCS()
		}
	})
	pair(b, "num-goroutine-gate", func(b *testing.B) {
		limit := runtime.NumGoroutine() + 8
		var wg sync.WaitGroup
		for b.Loop() {
			for runtime.NumGoroutine() > limit {
				runtime.Gosched()
			}
			wg.Go(burn)
		}
		wg.Wait()
	}, func(b *testing.B) {
		slots := make(chan struct{}, 8)
		var wg sync.WaitGroup
		for b.Loop() {
			slots <- struct{}{}
			wg.Go(func() {
				defer func() { <-slots }()
				burn()
			})
		}
		wg.Wait()
	})
}
