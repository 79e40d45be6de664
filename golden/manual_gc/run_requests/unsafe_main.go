package main

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

type server struct {
	served int
}

func (s *server) serve(name string) {
	defer func() { runtime.GC() }()
	s.served++
	fmt.Println("served", name, s.served)
	if s.served%2 == 0 {
		runtime.GC() // keeps: condition-may-panic
	}
	if s.busy() {
		runtime.GC()
	}
}

func (s *server) busy() bool {
	fmt.Println("busy?")
	return s.served > 2
}

func (s *server) tidy() {
	runtime.GC()
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	go func() {
		for {
			select {
			case <-ticker.C:
				runtime.GC()
			case <-ctx.Done():
				return
			}
		}
	}()
	s := &server{}
	for i, name := range []string{"a", "b", "c"} {
		s.serve(name)
		if i > 0 {
			runtime.GC()
		}
	}
	s.tidy()
	cancel()
	fmt.Println("done")
}
