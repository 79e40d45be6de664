package deferunlock

import "sync"

type hits struct {
	mu    sync.RWMutex
	n     int
	last  string
	width int
	err   error
}

func (h *hits) add() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.n++
}

func (h *hits) set(n int, last string) {
	h.mu.Lock()
	defer h.mu.Unlock() // released at the end

	if n > h.n {
		h.n = n
	}
	h.last = last // for show
}

func (h *hits) get() int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.n
}

func (h *hits) both() (int, string, error) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.n, h.last, nil
}

func (h *hits) swap(n int) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	old := h.n
	h.n = n
	return old
}

func (h *hits) size(value int) int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	// Both count.
	return h.n + len(h.last) + value
}

func (h *hits) any() bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.n > 0
}

type set struct {
	sync.Mutex
	m map[string]struct{}
}

func newSet() *set { return &set{m: make(map[string]struct{})} }

func (s *set) add(k string) {
	s.Lock()
	defer s.Unlock()
	s.m[k] = struct{}{}
}

func (s *set) has(k string) bool {
	s.Lock()
	defer s.Unlock()
	_, ok := s.m[k]
	return ok
}

var (
	mu    sync.Mutex
	count int
)

var names = map[string]int{}

func bump(name string) {
	mu.Lock()
	defer mu.Unlock()
	count++
	names[name]++
}

func lazily(l *lazy, k int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.m == nil {
		l.m = make(map[int]bool)
	}
	l.m[k] = true
}

type lazy struct {
	mu *sync.Mutex
	m  map[int]bool
}

func literal() func() {
	return func() {
		mu.Lock()
		defer mu.Unlock()
		count = 0
	}
}

type exported struct {
	mu           sync.Mutex
	CurrentIndex uint64
	ID           int
}

func (e *exported) index() uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.CurrentIndex
}

func (e *exported) id() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ID
}

type odd struct {
	sync.Mutex
	error int
	len   int
	Range string
}

// The names of the fields mean something else, or are keywords.
func (o *odd) named(s string) (int, int, string) {
	o.Lock()
	defer o.Unlock()
	return o.error, o.len, o.Range
}

// Several values with operators are no list for gofmt.
func (o *odd) sums(n int) (int, int) {
	o.Lock()
	defer o.Unlock()
	return o.len + n, n * 2 * o.error
}
