package gosched

import (
	rt "runtime"
	"strconv"
)

type fake struct{}

func (fake) Gosched() {}

func aliased(numbers []int) (text string) {
	for i, n := range numbers {
		text += strconv.Itoa(n)
		if i%100 == 0 {
			rt.Gosched()
		}
	}
	return text
}

func shadowed(rt fake, numbers []int) (sum int) {
	for _, n := range numbers {
		sum += n
		rt.Gosched()
	}
	return sum
}

func values(numbers []int) (sum int) {
	yield := rt.Gosched
	for _, n := range numbers {
		sum += n
		yield()
		go rt.Gosched()
		defer rt.Gosched()
	}
	return sum
}
