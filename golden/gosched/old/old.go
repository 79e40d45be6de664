package old

import "runtime"

func sum(xs []int) (sum int) {
	for _, x := range xs {
		sum += x
		runtime.Gosched() // keeps: no-preemption
	}
	return sum
}
