package items

import (
	"net/http"
	"runtime"
	"sync"
	"time"
)

// Counterexample 23: the results are drained behind the loop.
func drained(rows []int) (sum int) {
	results := make(chan int)
	var wg sync.WaitGroup
	for _, r := range rows {
		wg.Add(1)
		go func() { // keeps: waits-later
			defer wg.Done()
			results <- r
		}()
	}
	go func() { wg.Wait(); close(results) }()
	for r := range results {
		sum += r
	}
	return sum
}

func barrier(rows []int) {
	meet := make(chan int)
	var wg sync.WaitGroup
	for i := range rows {
		wg.Go(func() { // keeps: may-wait
			if i%2 == 0 {
				meet <- i
			} else {
				<-meet
			}
		})
	}
	wg.Wait()
}

func blocks(urls []string) {
	var wg sync.WaitGroup
	for _, url := range urls {
		wg.Go(func() { // keeps: may-wait
			if response, err := http.Get(url); err == nil {
				_ = response.Body.Close()
			}
		})
	}
	wg.Wait()
}

func sleeps(rows []time.Duration) {
	var wg sync.WaitGroup
	for _, r := range rows {
		wg.Go(func() { time.Sleep(r) }) // keeps: may-wait
	}
	wg.Wait()
}

func locks(rows []int) (sum int) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	for _, r := range rows {
		wg.Go(func() { // keeps: may-wait
			mu.Lock()
			sum += r
			mu.Unlock()
		})
	}
	wg.Wait()
	return sum
}

// The worker would end with the first item.
func exits(rows []int) {
	var wg sync.WaitGroup
	for i := range rows {
		wg.Go(func() { // keeps: may-wait
			if rows[i] == 0 {
				runtime.Goexit()
			}
			rows[i]++
		})
	}
	wg.Wait()
}

// A panic ends one item here.
func recovers(rows []int) {
	var wg sync.WaitGroup
	for i := range rows {
		wg.Add(1)
		go func() { // keeps: may-wait
			defer wg.Done()
			defer func() { _ = recover() }()
			rows[i] = 1 / rows[i]
		}()
	}
	wg.Wait()
}

func grows(rows []int) {
	var wg sync.WaitGroup
	for i := range rows {
		wg.Go(func() { // keeps: operand-may-change
			if i == 0 {
				rows = nil
			}
		})
	}
	wg.Wait()
}

type batch struct{ rows []int }

func (b *batch) field() {
	var wg sync.WaitGroup
	for i := range b.rows {
		wg.Go(func() { b.rows[i]++ }) // keeps: operand-may-change
	}
	wg.Wait()
}

func inner(rows [][]int) {
	var wg sync.WaitGroup
	for _, r := range rows {
		wg.Go(func() { // keeps: leaves-inner-loop
			for i := range r {
				if r[i] == 0 {
					return
				}
				r[i]++
			}
		})
	}
	wg.Wait()
}

// A conversion to an interface would be lost.
func converts(rows []int) []any {
	out := make([]any, len(rows))
	var wg sync.WaitGroup
	for i, r := range rows {
		wg.Add(1)
		go func(r any) { // keeps: arguments
			defer wg.Done()
			out[i] = r
		}(r)
	}
	wg.Wait()
	return out
}

// The worker asks for the length of the slice.
func named(rows []int) {
	var wg sync.WaitGroup
	for len := range rows {
		wg.Go(func() { rows[len]++ }) // keeps: arguments
	}
	wg.Wait()
}

func bump(n *int) int { *n++; return *n }

// What is returned is seen by nobody, but computed.
func results(rows []int) {
	var wg sync.WaitGroup
	for i := range rows {
		wg.Add(1)
		go func() int {
			defer wg.Done()
			return bump(&rows[i])
		}()
	}
	wg.Wait()
}

// A goto may not jump over a declaration.
func jumps(rows []int) {
	var wg sync.WaitGroup
	if len(rows) == 0 {
		goto done
	}
	for i := range rows {
		wg.Go(func() { rows[i]++ })
	}
	wg.Wait()
done:
	println(len(rows))
}

func commented(rows []int) {
	var wg sync.WaitGroup
	for i := range rows {
		wg.Add(1)   // before it starts
		go func() { // advice: untidy
			defer wg.Done()
			rows[i]++
		}()
	}
	wg.Wait()
}

func hidden(rows []int) {
	min := 3
	var wg sync.WaitGroup
	for i := range rows {
		wg.Go(func() { rows[i] += min }) // keeps: not-nameable
	}
	wg.Wait()
}

// Not a goroutine for each element of a slice.
func others(rows map[int]*int, n int, in chan int, list []int) {
	var wg sync.WaitGroup
	for _, r := range rows {
		wg.Go(func() { *r++ })
	}
	for range n {
		wg.Go(func() {})
	}
	for range in {
		wg.Go(func() {})
	}
	for _, v := range list {
		if v > 0 {
			wg.Go(func() { println(v) })
		}
	}
	wg.Wait()
}

// The loop has taken an element before another item writes it.
func shifted(rows []int) []int {
	out := make([]int, len(rows))
	var wg sync.WaitGroup
	for i, r := range rows {
		wg.Add(1)
		go func() { // keeps: operand-may-change
			defer wg.Done()
			if i > 0 {
				rows[i-1] = r
			}
			out[i] = r
		}()
	}
	wg.Wait()
	return out
}

func shiftedAlias(rows []int) {
	rest := rows[1:]
	var wg sync.WaitGroup
	for i, r := range rest {
		wg.Go(func() { // keeps: operand-may-change
			rows[i] = r
			rows[i/2] = r
		})
	}
	wg.Wait()
}

func shiftedPointer(rows []int) []int {
	out := make([]int, len(rows))
	var wg sync.WaitGroup
	for i, r := range rows {
		wg.Go(func() { // keeps: operand-may-change
			if i > 0 {
				before := &rows[i-1]
				*before = r
			}
			out[i] = r
		})
	}
	wg.Wait()
	return out
}

func declaresAgain(rows []int) []int {
	out := make([]int, len(rows))
	var wg sync.WaitGroup
	for i, r := range rows {
		wg.Go(func() { // keeps: not-nameable
			i := i + 0
			out[i] = r
		})
	}
	wg.Wait()
	return out
}

var flags [8]bool

func spins(rows []int) {
	var wg sync.WaitGroup
	for i := range rows {
		wg.Go(func() { // keeps: may-wait
			flags[i] = true
			for !flags[0] {
			}
		})
	}
	wg.Wait()
}
