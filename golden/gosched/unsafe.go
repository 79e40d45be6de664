package gosched

import (
	"fmt"
	"iter"
	"runtime"
	"sync"
	"time"
)

// Counterexample 3: the call lets the other one print.
func greets() {
	go say("world")
	for i := range 5 {
		runtime.Gosched() // unsafe: starts-goroutines
		fmt.Println("hello", i)
	}
}

func say(word string) { fmt.Println(word) }

func prints(words []string) {
	for i, word := range words {
		fmt.Println(word)
		if i%10 == 0 {
			runtime.Gosched() // unsafe: calls
		}
	}
}

func worker(jobs <-chan []int, out chan<- int) {
	for job := range jobs {
		sum := 0
		for i, v := range job {
			sum += v
			if i%1000 == 0 {
				runtime.Gosched() // unsafe: communicates
			}
		}
		out <- sum
	}
}

func iterates(seq iter.Seq[int]) (sum int) {
	for v := range seq {
		sum += v
		runtime.Gosched() // unsafe: undecided-range
	}
	return sum
}

func generic[S ~[]int](all S) (sum int) {
	for range all {
		sum += 2
		runtime.Gosched() // unsafe: undecided-range
	}
	return sum
}

var progress int

func reports(xs []int) (sum int) {
	for i, x := range xs {
		sum += x
		progress = i
		runtime.Gosched() // unsafe: shares-variables
	}
	return sum
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
		runtime.Gosched() // unsafe: not-counted
	}
	return a
}

type table struct {
	rows sync.Map
	mu   sync.Mutex
	size int
}

func (t *table) limited() (sum int) {
	for i := 0; i < t.size; i++ {
		sum += i * i
		runtime.Gosched() // unsafe: not-counted
	}
	return sum
}

func (t *table) locks(keys []string, into map[string]int) {
	for _, key := range keys {
		t.mu.Lock()
		delete(into, key)
		t.mu.Unlock()
		runtime.Gosched() // unsafe: calls
	}
}

func (t *table) count() (live int) {
	n := 0
	t.rows.Range(func(_, row any) bool {
		if n%1000 == 0 {
			runtime.Gosched() // unsafe: callback
		}
		n++

		if row == nil {
			return true
		}
		live++
		n, err := fmt.Sscan("1", &live)
		return err == nil && n > 0
	})
	return live
}

func measures(c chan int, turns int) (sum int) {
	for i := 0; i < turns; i++ {
		sum += len(c)
		runtime.Gosched() // unsafe: communicates
	}
	return sum
}

type shape interface{ area() float64 }

type square float64

func (s square) area() float64 { return float64(time.Now().Unix()) }

type named struct{ square }

func area[S shape](s S) float64 { return s.area() }

func dynamic(shapes []shape, squares []square, all []named) (sum float64) {
	for _, s := range shapes {
		sum += s.area()
		runtime.Gosched() // unsafe: calls
	}
	for _, s := range squares {
		sum += s.area()
		runtime.Gosched() // unsafe: calls
	}
	for _, s := range all {
		sum += area[square](s.square) + s.area()
		runtime.Gosched() // unsafe: calls
	}
	for i, s := range squares {
		sum += float64(s)
		defer fmt.Println(i)
		runtime.Gosched() // unsafe: calls
	}
	return sum
}

func shadows(xs []int, len func([]int) int) (sum int) {
	for i := 0; i < 10; i++ {
		sum += len(xs)
		runtime.Gosched() // unsafe: calls
	}
	return sum
}

func inBackground(task func()) { go task() }

func later(task func()) { inBackground(task) }

func hiddenStart(xs []int, task func()) (sum int) {
	later(task)
	for _, x := range xs {
		sum += x
		runtime.Gosched() // unsafe: starts-goroutines
	}
	return sum
}

// A sleep of no time gives nobody a turn.
func pausesForNothing(states <-chan int, use func(int)) {
	for state := range states {
		use(state)
		runtime.Gosched() // unsafe: communicates
		time.Sleep(0 * time.Second)
		runtime.Gosched() // unsafe: communicates
		time.Sleep(1 - 1)
		runtime.Gosched() // unsafe: communicates
		time.Sleep(time.Nanosecond / 10)
	}
}

// A batch that starts without a value is the function's own as well.
func flushes(m map[string]int, flush func([]int)) {
	var batch []int
	for _, v := range m {
		batch = append(batch, v)
		if len(batch) > 100 {
			flush(batch)
			batch = batch[:0]
			runtime.Gosched() // unsafe: calls
		}
	}
	flush(batch)
}

func flushesCounted(xs []int, flush func([]int)) {
	var batch []int
	for i := 0; i < len(xs); i++ {
		batch = append(batch, xs[i])
		if len(batch) > 100 {
			flush(batch)
			batch = batch[:0]
			runtime.Gosched() // unsafe: calls
		}
	}
	flush(batch)
}

func flushesByLiteral(m map[string]int, use func([]int)) (batch []int) {
	flush := func() {
		use(batch)
		batch = nil
	}
	for _, v := range m {
		batch = append(batch, v)
		if len(batch) > 100 {
			flush()
			runtime.Gosched() // unsafe: calls
		}
	}
	flush()
	return batch
}

func half(n int) int { return n / 2 }

// What it takes from the channel is gone for others.
func halves(values <-chan int) {
	for v := range values {
		_ = half(v)
		runtime.Gosched() // unsafe: communicates
	}
}
