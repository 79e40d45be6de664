package workers

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

// SRC 8: pure Go, nothing else.
func worker(jobs <-chan int) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for job := range jobs {
		process(job)
	}
}

func process(job int) { fmt.Println(job) }

// OPT 9: the author hoped for a processor of its own.
func pool(jobs <-chan int, results chan<- int) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			// Just in case the scheduler moves us to a CPU far away.
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()

			for job := range jobs {
				results <- job * 2
			}
		}()
	}
	wg.Wait()
}

// Each way out releases it.
func explicit(mu *sync.Mutex, n int) int {
	runtime.LockOSThread()
	mu.Lock()
	if n == 0 {
		mu.Unlock()
		runtime.UnlockOSThread()
		return 0
	}
	mu.Unlock()
	runtime.UnlockOSThread()
	return n
}

type box[T any] struct{ items []T }

func (b *box[T]) each() {
	runtime.LockOSThread() // for performance
	defer runtime.UnlockOSThread()
	step := func(item T) { fmt.Println(item) }
	for _, item := range b.items {
		step(item)
	}
	b.rest()
	time.Sleep(time.Duration(len(b.items)))
}

func (b *box[T]) rest() {}
