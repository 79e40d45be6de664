package gosched

import "runtime"

func carriage(numbers []int) (sum int) {
	for i, n := range numbers {
		sum += n
		if i%9 == 0 {
			runtime.Gosched()
		}
	}
	return sum
}
