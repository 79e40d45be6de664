// The program computes the same, whatever the number of processors is.
package main

import (
	"fmt"
	"runtime"
	"sync"
)

// want: 4950
func main() {
	runtime.GOMAXPROCS(runtime.NumCPU())
	var mu sync.Mutex
	var wg sync.WaitGroup
	total := 0
	for i := range 100 {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			total += i
		})
	}
	wg.Wait()
	fmt.Println(total)
}
