package main

import (
	"fmt"
	"sync"
)

func collatz(n int) (steps int) {
	for n > 1 {
		if n%2 == 0 {
			n /= 2
		} else {
			n = 3*n + 1
		}
		steps++
	}
	return steps
}

func steps(numbers []int) []int {
	out := make([]int, len(numbers))
	var wg sync.WaitGroup
	for i, n := range numbers {
		wg.Add(1)
		go func(at, number int) {
			defer wg.Done()
			if number < 0 {
				return
			}
			out[at] = collatz(number)
		}(i, n)
	}
	wg.Wait()
	return out
}

func pointers(numbers []int) []*int {
	out := make([]*int, len(numbers))
	var wg sync.WaitGroup
	for i, n := range numbers {
		wg.Go(func() {
			out[i] = &n
			i = -1
		})
	}
	wg.Wait()
	return out
}

func main() {
	numbers := make([]int, 1000)
	for i := range numbers {
		numbers[i] = i - 5
	}
	sum := 0
	for _, s := range steps(numbers) {
		sum += s
	}
	fmt.Println(sum, len(steps(nil)))
	for _, p := range pointers(numbers[:8]) {
		fmt.Print(*p, " ")
	}
	fmt.Println()
}
