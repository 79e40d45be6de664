// As many workers as may run at once sum up what as many as the machine has did.
package main

import (
	"fmt"
	"runtime"
	"sync"
)

// want: 5050
func main() {
	jobs := make(chan int)
	var mu sync.Mutex
	var wg sync.WaitGroup
	total := 0
	for i := 0; i < runtime.NumCPU(); i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for job := range jobs {
				mu.Lock()
				total += job
				mu.Unlock()
			}
		}()
	}
	for job := range 101 {
		jobs <- job
	}
	close(jobs)
	wg.Wait()
	fmt.Println(total)
}
