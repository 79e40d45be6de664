package commands

import "runtime"

func run(concurrency int) {
	if concurrency != 0 {
		runtime.GOMAXPROCS(concurrency) // keeps: the-program
	}
}
