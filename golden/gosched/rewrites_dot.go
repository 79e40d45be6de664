package gosched

import . "runtime"

func dotted(numbers []int) (sum int) {
	for i := 0; i < len(numbers); i++ {
		sum += numbers[i]
		if i%50 == 0 {
			Gosched()
		}
	}
	return sum
}

func local(numbers []int, Gosched func()) (sum int) {
	for _, n := range numbers {
		sum += n
		Gosched()
	}
	return sum
}
