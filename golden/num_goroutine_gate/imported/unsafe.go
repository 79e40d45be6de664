package imported

import (
	"runtime"
	"sync"
)

// The other file imports a package as sem, so the package can have no such name.
func submit(wg *sync.WaitGroup, job int) {
	for runtime.NumGoroutine() > 100 {
		runtime.Gosched()
	}
	wg.Add(1)
	go func() {
		defer wg.Done()
		show(job)
	}()
}

type server struct{ last int }

func (s *server) serve(job int) { show(job + s.last) }

// A pointer stays the same one, whatever it points to.
func (s *server) accept(jobs <-chan int) {
	for job := range jobs {
		s.last = job
		for runtime.NumGoroutine() > 100 {
			runtime.Gosched()
		}
		go s.serve(job)
	}
}
