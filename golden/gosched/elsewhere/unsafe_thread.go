package elsewhere

import "runtime"

func sum(xs []int) (sum int) {
	for _, x := range xs {
		sum += x
		runtime.Gosched() // unsafe: thread-elsewhere
	}
	return sum
}
