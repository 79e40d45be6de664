package lockwithoutunlock

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
)

var errEmpty = errors.New("empty")

// SEN 9.1: the thread count drifts up.
func literals(jobs <-chan int) {
	for range 4 {
		go func() {
			runtime.LockOSThread() // for speed
			for job := range jobs {
				fmt.Println(job)
			}
		}()
	}
	go func() { runtime.LockOSThread(); fmt.Println(<-jobs) }()
}

func worker(jobs <-chan int) {
	runtime.LockOSThread()
	for job := range jobs {
		fmt.Println(job)
	}
}

func start(jobs <-chan int) {
	go worker(jobs)
	go (&server{}).serve(jobs)
}

type server struct{ last int }

func (s *server) serve(jobs <-chan int) {
	runtime.LockOSThread()
	s.last = <-jobs
}

// One way out has it, the other has not.
func partly(items []int) (int, error) {
	runtime.LockOSThread()
	if len(items) == 0 {
		return 0, errEmpty
	}
	first := items[0]
	runtime.UnlockOSThread()
	return first, nil
}

func atTheEnd(items []int) {
	runtime.LockOSThread()
	for _, item := range items {
		if item < 0 {
			return
		}
		fmt.Println(item)
	}
	runtime.UnlockOSThread()
}

func group(jobs <-chan int) {
	var wg sync.WaitGroup
	wg.Go(func() {
		runtime.LockOSThread()
		for job := range jobs {
			fmt.Println(job)
		}
	})
	wg.Wait()
}

func chosen(a, b chan int) int {
	runtime.LockOSThread()
	select {
	case x := <-a:
		runtime.UnlockOSThread()
		return x
	case <-b:
		return 0
	}
}
