// The gate and the semaphore let through what they bound.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

// want: 1225
func main() {
	var mu sync.Mutex
	var wg sync.WaitGroup
	total := 0
	for i := range 50 {
		for runtime.NumGoroutine() > 8 {
			runtime.Gosched()
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			time.Sleep(time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			total += i
		}()
	}
	wg.Wait()
	fmt.Println(total)
}
