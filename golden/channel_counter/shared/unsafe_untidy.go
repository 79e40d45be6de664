package shared

type counts struct { ch chan int64; total int64; other int }

func newCounts() *counts { t := &counts{ch: make(chan int64, 8)}; go t.run(); return t }

func (t *counts) run() { for v := range t.ch { t.total += v } }; func (t *counts) Keep() int { return t.other }

func (t *counts) Add(v int64) { t.ch <- v }; func (t *counts) Total() int64 { return t.total }

type sums struct {
	a int; ch chan int64; total int64
}

func newSums() *sums { t := &sums{ch: make(chan int64, 8)}; go t.run(); return t }

func (t *sums) Keep() int { return t.a }; func (t *sums) run() { for v := range t.ch { t.total += v } }; func (t *sums) Add(v int64) { t.ch <- v }

func (t *sums) Total() int64 { return t.total }

type totals struct {
	ch chan int64; /* sum */ total int64; b int
}

func newTotals() *totals { t := &totals{ch: make(chan int64, 8)}; go t.run(); return t }

func (t *totals) run() { for v := range t.ch { t.total += v } }
func (t *totals) Add(v int64) { t.ch <- v }
func (t *totals) Total() int64 { return t.total + int64(t.b) }

type last struct {
	total int64; b int; ch chan int64
}

func newLast() *last { t := &last{ch: make(chan int64, 8)}; go t.run(); return t }

func (t *last) run() { for v := range t.ch { t.total += v } }
func (t *last) Add(v int64) { t.ch <- v }
func (t *last) Total() int64 { return t.total + int64(t.b) }

type readable struct {
	ch chan int64
}

func newReadable() *readable { t := &readable{ch: make(chan int64, 8)}; go t.run(); return t }

func (t *readable) run() { for v := range t.ch { _ = v } }
func (t *readable) Add(v int64) { t.ch <- v }; func (t *readable) Keep() {
	println(t)
}
