package gosched

import (
	"runtime"
	again "runtime"
)

func either(numbers []int) (sum int) {
	for i, n := range numbers {
		sum += n
		if i%3 == 0 {
			runtime.Gosched()
		} else {
			again.Gosched()
		}
	}
	return sum
}

func version() string { return again.Version() }
