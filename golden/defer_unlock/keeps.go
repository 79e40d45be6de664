package deferunlock

import (
	"sync"
	"time"
)

type store struct {
	mu    sync.Mutex
	items []int
	m     map[string]int
	keyed map[any]int
	next  *store
	n     int
}

type flag bool

func (s *store) index(i int) int {
	s.mu.Lock()
	defer s.mu.Unlock() // keeps: may-panic
	return s.items[i]
}

func (s *store) divide(n int) {
	s.mu.Lock()
	defer s.mu.Unlock() // keeps: may-panic
	s.n /= n
}

func (s *store) deref() {
	s.mu.Lock()
	defer s.mu.Unlock() // keeps: may-panic
	s.next.n++
}

func (s *store) unhashable(key any) int {
	s.mu.Lock()
	defer s.mu.Unlock() // keeps: may-panic
	return s.keyed[key]
}

func (s *store) asserts(v any) {
	s.mu.Lock()
	defer s.mu.Unlock() // keeps: may-panic
	s.n = v.(int)
}

func (s *store) moves() {
	s.mu.Lock()
	defer s.mu.Unlock() // keeps: lock-changes
	s = s.next
	s.n++
}

func (s *store) early(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock() // keeps: several-ways-out
	if n > 3 {
		return 3
	}
	return s.n
}

func (s *store) deferred(done func()) {
	defer done()
	s.mu.Lock()
	defer s.mu.Unlock() // keeps: other-defers
	s.n++
}

type fake struct{ n int }

func (*fake) Lock()   {}
func (*fake) Unlock() {}

func (f *fake) locked() {
	f.Lock()
	defer f.Unlock() // keeps: unknown-lock
	f.n++
}

func locks(l sync.Locker, n *int) {
	l.Lock()
	defer l.Unlock() // keeps: unknown-lock
	count++
}

func (s *store) named() flag {
	s.mu.Lock()
	defer s.mu.Unlock() // keeps: undecided-result
	return s.n > 0
}

// Nothing says that the map is made.
func (s *store) put(k string) {
	s.mu.Lock()
	defer s.mu.Unlock() // advice: map-may-be-nil
	s.m[k]++
}

func zero() *store {
	var s store
	return &s
}

// None of what follows is a finding.

func (s *store) calls(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *store) loops() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.items {
		s.n += i
	}
}

func (s *store) long() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	s.n++
	s.n++
	s.n++
	s.n++
}

func (s *store) nested(b bool) {
	if b {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.n++
	}
	s.n++
}

func (s *store) other(o *store) {
	o.mu.Lock()
	defer s.mu.Unlock()
	s.n++
}

func (s *store) holds() {
	s.mu.Lock()
	defer s.mu.Unlock()
}

func (s *store) direct() {
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
}

// No finding: the lock is taken to wait for somebody.
func (b *barrier) passed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return true
}

type barrier struct{ mu sync.Mutex }

type shared struct {
	lock *sync.Mutex
	in   *store
	v    int
}

func (s *shared) renews() {
	s.lock.Lock()
	defer s.lock.Unlock() // keeps: lock-changes
	s.lock = new(sync.Mutex)
}

func (s *shared) swaps(other *store) {
	s.in.mu.Lock()
	defer s.in.mu.Unlock() // keeps: lock-changes
	s.in = other
}

var lock sync.Mutex
var locked int

func hides() int {
	lock.Lock()
	defer lock.Unlock() // keeps: lock-changes
	lock := locked
	return lock
}

func hidesLater() {
	lock.Lock()
	defer lock.Unlock() // keeps: lock-changes
	var lock = locked
	locked = lock + 1
}

func (s *shared) saysWhy() int {
	s.lock.Lock()
	// The callers recover from a panic
	// and lock again.
	defer s.lock.Unlock() // keeps: said-why
	return s.v
}

func (s *shared) saysItBehind() {
	s.lock.Lock()
	defer s.lock.Unlock() /* even in a panic */ // keeps: said-why
	s.v++
}

type copies struct {
	mu  sync.Mutex
	all []*store
	at  []*time.Time
}

func (c *copies) list() []*store {
	c.mu.Lock()
	defer c.mu.Unlock() // keeps: may-panic
	return append([]*store(nil), c.all...)
}

func (c *copies) times() []*time.Time {
	c.mu.Lock()
	defer c.mu.Unlock() // keeps: may-panic
	return append([]*time.Time(nil), c.at...)
}
