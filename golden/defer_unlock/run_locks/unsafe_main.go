package main

import (
	"fmt"
	"sync"
)

type stats struct {
	mu   sync.Mutex
	n    int
	name string
	seen map[string]int
}

func newStats() *stats { return &stats{seen: map[string]int{}} }

func (s *stats) add(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	s.name = name
	s.seen[name]++
}

func (s *stats) get() (int, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n, s.name
}

func (s *stats) of(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[name]
}

func main() {
	s := newStats()
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { s.add("a") })
	}
	wg.Wait()
	s.add("b")
	fmt.Println(s.get())
	fmt.Println(s.of("a"), s.of("b"), s.of("c"))
	fmt.Println(s.mu.TryLock())
}
