// Goroutines that ended with their threads locked end as well with them released.
package main

import (
	"fmt"
	"runtime"
	"sync"
)

func sum(numbers []int, total *int, wg *sync.WaitGroup) {
	runtime.LockOSThread()
	defer wg.Done()
	for _, number := range numbers {
		if number < 0 {
			return
		}
		*total += number
	}
}

// want: 6 1
func main() {
	var wg sync.WaitGroup
	totals := make([]int, 2)
	wg.Add(2)
	go sum([]int{1, 2, 3}, &totals[0], &wg)
	go sum([]int{1, -1, 5}, &totals[1], &wg)
	wg.Wait()
	fmt.Println(totals[0], totals[1])
}
