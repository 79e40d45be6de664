package items

import (
	"math"
	"sync"
	tasks "sync"
)

type row struct{ a, b float64 }

func length(r row) float64 { return math.Sqrt(r.a*r.a + r.b*r.b) }

// The seed's form: index and element are parameters.
func lengths(rows []row) []float64 {
	out := make([]float64, len(rows))
	var wg sync.WaitGroup
	// One for each row.
	for i, r := range rows {
		wg.Add(1)
		go func(i int, r row) {
			defer wg.Done()
			out[i] = length(r)
		}(i, r)
	}
	wg.Wait()
	return out
}

// A return leaves the item, not the worker.
func positive(rows []row) []bool {
	out := make([]bool, len(rows))
	wg := tasks.WaitGroup{}
	for n, r := range rows {
		n, r := n, r
		_ = n
		_ = r
		wg.Go(func() {})
	}
	for n, r := range rows {
		n := n
		wg.Go(func() {
			// Negative rows stay false.
			if r.a < 0 {
				return
			}

			switch {
			case r.b < 0:
				return
			}
			out[n] = true
		})
	}
	wg.Wait()
	return out
}

func oneLine(items []uint64) {
	var wg sync.WaitGroup
	for i := range items {
		wg.Go(func() { items[i]++ })
	}
	wg.Wait()
}

// Nothing of the element is read, and the names are taken.
func taken(rows ...row) {
	next, runtime, atomic := 1, 2, 3
	_, _, _ = next, runtime, atomic
	texts := make([]string, len(rows))
	var wg sync.WaitGroup
	for at := range rows {
		wg.Add(1)
		go func(position int) {
			defer wg.Done()
			texts[position] = `two
	lines`
		}(at)
	}
	wg.Wait()
}

func elements(rows []*row) {
	var wg sync.WaitGroup
	for _, r := range rows {
		wg.Go(func() {
			r.a = math.Abs(r.a)
		})
	}
	wg.Wait()
}
