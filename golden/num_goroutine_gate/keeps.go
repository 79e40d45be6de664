package gate

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"
)

func tests(t *testing.T, jobs []int) {
	for _, job := range jobs {
		for runtime.NumGoroutine() > 10 { // keeps: test-code
			runtime.Gosched()
		}
		go process(job)
	}
	t.Log(len(jobs))
}

func jumps(jobs []int) {
	if len(jobs) == 0 {
		goto end
	}
	for range jobs {
		for runtime.NumGoroutine() > 10 { // keeps: jumps
			runtime.Gosched()
		}
		go process(1)
	}
end:
}

func gives(ctx context.Context, jobs []int) {
	for _, job := range jobs {
		for runtime.NumGoroutine() > 10 { // advice: does-more
			if ctx.Err() != nil {
				return
			}
			runtime.Gosched()
		}
		go process(job)
	}
}

func moving(jobs []int) {
	most := 1
	for _, job := range jobs {
		most++
		for runtime.NumGoroutine() > most { // advice: limit-not-constant
			runtime.Gosched()
		}
		go process(job)
	}
}

func (s *server) field(jobs []int) {
	for _, job := range jobs {
		for runtime.NumGoroutine() > len(s.name) { // advice: limit-not-constant
			runtime.Gosched()
		}
		go process(job)
	}
}

func parameter(job, most int) {
	for runtime.NumGoroutine() > most { // advice: limit-not-constant
		runtime.Gosched()
	}
	go process(job)
}

func leaves(jobs []int) {
	for _, job := range jobs {
		for runtime.NumGoroutine() > 10 { // advice: may-not-start
			runtime.Gosched()
		}
		if job < 0 {
			continue
		}
		go process(job)
	}
}

func several(jobs []int) {
	for _, job := range jobs {
		for runtime.NumGoroutine() > 10 { // advice: several-goroutines
			runtime.Gosched()
		}
		go process(job)
		go process(-job)
	}
}

func changes(jobs []int) {
	var job int
	for _, job = range jobs {
		for runtime.NumGoroutine() > 10 { // advice: arguments-change
			runtime.Gosched()
		}
		go process(job)
	}
}

func element(jobs []int) {
	for i := range jobs {
		for runtime.NumGoroutine() > 10 { // advice: arguments-change
			runtime.Gosched()
		}
		go process(jobs[i])
	}
}

func crawl(links []int) {
	for _, link := range links {
		for runtime.NumGoroutine() > 10 { // advice: starts-itself
			runtime.Gosched()
		}
		go func() {
			crawl([]int{link - 1})
		}()
	}
}

// No findings: a wait for the end, a throttle, a number that is shown.
func waits() int {
	for runtime.NumGoroutine() > 1 {
		time.Sleep(time.Millisecond)
	}
	if runtime.NumGoroutine() > 100 {
		time.Sleep(time.Millisecond)
	}
	return runtime.NumGoroutine()
}

type point struct{ x int }

func (p point) show()  { fmt.Println(p.x) }
func (p *point) move() { p.x++ }

// A value is copied when the statement runs, and changed before the goroutine does.
func parts(jobs []int) {
	var p, q point
	var row [2]int
	for _, job := range jobs {
		p.x = job
		for runtime.NumGoroutine() > 10 { // advice: arguments-change
			runtime.Gosched()
		}
		go p.show()
	}
	for range jobs {
		q.move()
		for runtime.NumGoroutine() > 10 { // advice: arguments-change
			runtime.Gosched()
		}
		go q.show()
	}
	for i, job := range jobs {
		row[i%2] = job
		for runtime.NumGoroutine() > 10 { // advice: arguments-change
			runtime.Gosched()
		}
		go showRow(row)
	}
}

func showRow(row [2]int) { fmt.Println(row) }

const (
	none     = 0
	negative = -1
)

func never(job int) {
	for runtime.NumGoroutine() > none { // advice: limit-not-constant
		runtime.Gosched()
	}
	go process(job)
}

func negatively(job int) {
	for runtime.NumGoroutine() > negative { // advice: limit-not-constant
		runtime.Gosched()
	}
	go process(job)
}

// Whoever recovers would find one slot less.
func panics(jobs []int, i int) {
	for runtime.NumGoroutine() > 10 { // advice: may-not-start
		runtime.Gosched()
	}
	job := jobs[i]
	go process(job)
}
