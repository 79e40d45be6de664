package channelcounter

// Counter counts.
type Counter struct{ ch chan int64 }

func NewCounter() *Counter {
	c := &Counter{ch: make(chan int64, 1024)}
	go func() {
		for v := range c.ch {
			_ = v // reduce
		}
	}()
	return c
}

func (c *Counter) Inc() { c.ch <- 1 }

// hits is counted by a method of its own.
type hits struct {
	name  string
	seen  chan int // one for each
	n     int64
	total int
}

func newHits(name string) *hits {
	h := &hits{
		name: name,
		seen: make(chan int, 64),
	}
	go h.run()
	return h
}

// run adds up.
func (h *hits) run() {
	for v := range h.seen {
		h.total += v
	}
}

func (h *hits) hit(weight int) {
	h.seen <- weight
	h.seen <- 1
}

func (h *hits) report() (string, int) {
	if h.total > 100 {
		return h.name, 100
	}
	return h.name, h.total
}

type ticks struct {
	ch  chan struct{}
	sum int64
}

func newTicks() *ticks {
	t := new(ticks)
	t.ch = make(chan struct{})
	// The goroutine that counts.
	go func() {
		for range t.ch {
			t.sum++
		}
	}()
	return t
}

func (t *ticks) tick() { t.ch <- struct{}{} }

func (t *ticks) count() int64 { return t.sum }

type lost struct {
	a        int
	ch       chan uint32
	longName string
}

func newLost() *lost {
	l := &lost{a: 1, ch: make(chan uint32), longName: "x"}
	go func() {
		var sum uint32
		for v := range l.ch {
			sum += v
		}
	}()
	return l
}

func (l *lost) add(n uint32) {
	if n > 0 {
		l.ch <- n
	}
}
