package gate

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

const limit = 8

func process(job int) { fmt.Println(job) }

// OPT 7
func dispatch(jobs <-chan int) {
	for j := range jobs {
		for runtime.NumGoroutine() > 10000 { // tight poll
			runtime.Gosched()
		}
		go process(j)
	}
}

func sleeping(jobs [][]int, most int) {
	var wg sync.WaitGroup
	// All of them.
	for _, row := range jobs {
		for i, job := range row {
			for most <= runtime.NumGoroutine() {
				time.Sleep(time.Millisecond)
			}
			wg.Add(1)
			go func(job int) {
				defer wg.Done()
				fmt.Println(i, job)
			}(job)
		}
	}
	wg.Wait()
}

func labelled(jobs []int) {
	sem := 1
rows:
	for _, job := range jobs {
		if job < 0 {
			continue rows
		}
		for runtime.NumGoroutine() > limit {
		}
		go func() { fmt.Println(job, sem) }()
	}
}

// Counterexample 25: no loop around the gate, so a local semaphore would bound nothing.
func submit(job int) {
	for runtime.NumGoroutine() > limit {
		runtime.Gosched()
	}
	go process(job)
}

type server struct{ name string }

func (s *server) serve(job int) { fmt.Println(s.name, job) }

func (s *server) accept(jobs <-chan int) {
	for {
		job := <-jobs
		for runtime.NumGoroutine() > 100 {
			time.Sleep(10 * time.Microsecond)
		}
		go s.serve(job)
	}
}

func inLiteral(jobs <-chan int) {
	go func() {
		for job := range jobs {
			for runtime.NumGoroutine() > 100 {
				runtime.Gosched()
			}
			go func() {
				// Each by itself.
				fmt.Println(job)
			}()
		}
	}()
}
