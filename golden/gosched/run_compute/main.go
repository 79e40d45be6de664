package main

import (
	"fmt"
	"math"
	"runtime"
	"sort"
)

func primes(limit int) []int {
	composite := make([]bool, limit+1)
	var found []int
	for n := 2; n <= limit; n++ {
		if n%100 == 0 {
			runtime.Gosched()
		}
		if composite[n] {
			continue
		}
		found = append(found, n)
		for m := n * n; m <= limit; m += n {
			composite[m] = true
		}
	}
	return found
}

func mean(samples []float64) (mean, deviation float64) {
	done := 0
	for i, sample := range samples {
		mean += (sample - mean) / float64(i+1)
		done++
		if done%2 == 0 {
			runtime.Gosched()
		}
	}
	for i, sample := range samples {
		deviation += math.Pow(sample-mean, 2)
		if i&1 == 0 {
			runtime.Gosched()
		} else {
			deviation++
		}
	}
	return mean, math.Sqrt(deviation)
}

func tally(words []string) []string {
	counts := map[string]int{}
	for _, word := range words {
		counts[word]++
		runtime.Gosched()
	}
	var lines []string
	for word, count := range counts {
		lines = append(lines, word)
		if count > 1 {
			runtime.Gosched()
		}
	}
	sort.Strings(lines)
	return lines
}

func main() {
	fmt.Println(primes(50))
	fmt.Println(mean([]float64{1, 2, 3, 4}))
	fmt.Println(tally([]string{"a", "b", "a"}))
}
