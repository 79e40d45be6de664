// Package old cannot range over a number.
package old

import "runtime"

func start(jobs <-chan int) {
	for i := 0; i < runtime.NumCPU(); i++ {
		go func() { println(<-jobs) }()
	}
}
