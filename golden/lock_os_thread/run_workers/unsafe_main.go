// Workers that were locked to threads for speed give the same results without.
package main

import (
	"fmt"
	"runtime"
	"sync"
)

func worker(jobs <-chan int, results chan<- int, wg *sync.WaitGroup) {
	runtime.LockOSThread() // for performance
	defer runtime.UnlockOSThread()
	defer wg.Done()
	for job := range jobs {
		results <- job * job
	}
}

// want: 338350
func main() {
	jobs, results := make(chan int), make(chan int)
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go worker(jobs, results, &wg)
	}
	go func() {
		for job := range 101 {
			jobs <- job
		}
		close(jobs)
		wg.Wait()
		close(results)
	}()
	total := 0
	for result := range results {
		total += result
	}
	fmt.Println(total)
}
