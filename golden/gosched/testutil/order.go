package order

import "runtime"

func sum(data []int) (sum int) {
	for i := range data {
		sum += data[i]
		runtime.Gosched() // keeps: test-code
	}
	return sum
}
