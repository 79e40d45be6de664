package gosched

import (
	"math"
	"runtime"
)

func assigned(xs []int) (sum int) {
	var i int
	for i = range xs {
		sum += xs[0]
		if i%10 == 0 {
			runtime.Gosched()
		}
	}
	var j, x int
	for j, x = range xs {
		sum += x
		if j%10 == 0 {
			runtime.Gosched()
		}
	}
	return sum
}

func grouped(xs []int) (sum int) {
	var (
		n      int
		factor = 3
	)
	for _, x := range xs {
		sum += x * factor
		n++
		if n%10 == 0 {
			runtime.Gosched()
		}
	}
	return sum
}

func paired(xs []int) (sum int) {
	factor, n := 1, 0
	for _, x := range xs {
		sum += x * factor
		n += 1
		if n%10 == 0 {
			runtime.Gosched()
		}
	}
	return sum
}

func written(xs []int) (sum int) {
	n := 0
	for _, x := range xs {
		sum += x
		n = n + 1
		if n%10 == 0 {
			runtime.Gosched()
		}
	}
	return sum
}

func masked(xs []int) (sum int) {
	mask := 1023
	for i, x := range xs {
		sum += x
		if i&mask == 0 {
			runtime.Gosched()
		}
	}
	return sum
}

func slotted(xs []int) (sum int) {
	n := 0
	for _, x := range xs {
		sum += x
		if n++; x > 3 {
			sum++
		}
		if n%10 == 0 {
			runtime.Gosched()
		}
	}
	return sum
}

func posted(xs []int) (sum int) {
	n := 0
	for i := 0; i < len(xs); i++ {
		for j := 0; j < 3; n++ {
			sum += xs[i]
			j++
		}
		if n%10 == 0 {
			runtime.Gosched()
		}
	}
	return sum
}

func seldom(xs []float64) (sum float64) {
	n := 0
	for _, x := range xs {
		sum += x
		if x > math.MaxInt16 {
			n++
		}
		if n > 10 {
			runtime.Gosched()
		}
	}
	return sum
}

func rotated(xs []int) (sum int) {
	n, last := 0, 0
	for _, x := range xs {
		sum += x
		n, last = x, n
		if last%10 == 0 {
			runtime.Gosched()
		}
		/* yield */ runtime.Gosched()
		sum++
	}
	return sum
}

func still(xs []int) (sum, turns int) {
	for _, x := range xs {
		sum += x
		turns++
		if turns%10 == 0 {
			runtime.Gosched()
		}
	}
	return sum, turns
}

func bothNames(xs []int) (sum int) {
	for i, x := range xs {
		sum += 2
		if x > i {
			runtime.Gosched()
		}
	}
	for i, x := range xs {
		if x > i {
			runtime.Gosched()
		}
		sum += x
	}
	return sum
}

func threeAtOnce(xs []int) (sum int) {
	limit, every, from := 1000, 10, 3
	for _, x := range xs {
		sum += x
		if limit > every && x > from {
			runtime.Gosched()
		}
	}
	return sum
}

func pairOf() (int, error) { return 1, nil }

func resultsOfCalls(xs []int) (sum int) {
	every, err := pairOf()
	from, err := pairOf()
	for _, x := range xs {
		sum += x
		if x > every && x > from && err == nil {
			runtime.Gosched()
		}
	}
	return sum
}
