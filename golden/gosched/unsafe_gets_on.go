package gosched

import (
	"bufio"
	"container/list"
	"context"
	"runtime"
	"sync"
	"time"
)

// The select behind the call blocks anyway.
func serves(ctx context.Context, jobs <-chan func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case job := <-jobs:
			job()
		}
		runtime.Gosched() // unsafe: communicates
	}
}

func servesFirst(ctx context.Context, jobs <-chan func()) {
	for {
		runtime.Gosched() // unsafe: communicates
		select {
		case <-ctx.Done():
			return
		case job := <-jobs:
			job()
		}
	}
}

func servesInClause(ctx context.Context, jobs <-chan func(), idle func()) {
loop:
	for {
		select {
		case job, ok := <-jobs:
			if !ok {
				break loop
			}
			job()
			runtime.Gosched() // unsafe: communicates
		case <-ctx.Done():
			break loop
		case <-time.After(time.Minute):
			idle()
		}
	}
}

func receives(jobs <-chan func(), stop func() bool) {
	for !stop() {
		job := <-jobs
		job()
		runtime.Gosched() // unsafe: communicates
	}
}

type task struct {
	mu    sync.Mutex
	steps []func()
	err   error
	done  bool
	every int
}

func (t *task) cancelled() error { return t.err }

func (t *task) step(i int) { t.steps[i]() }

// It is given up when it is cancelled, and waits for nothing.
func (t *task) run(n int) error {
	for i := 0; i < n; i++ {
		if err := t.cancelled(); err != nil {
			return err
		}
		t.step(i)
		runtime.Gosched() // unsafe: calls
	}
	return nil
}

func (t *task) runContext(ctx context.Context) error {
	for i := range t.steps {
		select {
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		t.step(i)
		if t.every > 0 && i%t.every == t.every-1 {
			runtime.Gosched() // keeps: condition-may-panic
		}
		if i&63 == 0 {
			runtime.Gosched() // unsafe: communicates
		}
	}
	return nil
}

type table2 map[string]int

// A batch is flushed now and then.
func (t *task) migrates(from table2, flush func([]string)) {
	batch := make([]string, 0, 100)
	for key := range from {
		batch = append(batch, key)
		if len(batch) >= 100 {
			flush(batch)
			batch = batch[:0]
			runtime.Gosched() // unsafe: calls
		}
	}
	flush(batch)
}

type writes struct{ size int }

func newWrites() *writes { return new(writes) }

func (w *writes) add(key string) { w.size += len(key) }

func (w *writes) flush() { w.size = 0; time.Sleep(time.Millisecond) }

func writesAll(keys []string) {
	batch := newWrites()
	for _, key := range keys {
		batch.add(key)
		if batch.size > 1000 {
			batch.flush()
			runtime.Gosched() // unsafe: calls
		}
	}
	batch.flush()
}

func lines(from *bufio.Scanner, use func(string)) {
	for from.Scan() {
		use(from.Text())
		runtime.Gosched() // unsafe: calls
	}
}

func elements(all *list.List, use func(any)) {
	for e := all.Front(); e != nil; e = e.Next() {
		use(e.Value)
		runtime.Gosched() // unsafe: calls
	}
}

type node struct {
	next  *node
	value int
}

func linked(head *node) (sum int) {
	for n := head; n != nil; n = n.next {
		sum += n.value
		runtime.Gosched() // unsafe: not-counted
	}
	return sum
}

func walks(steps []func()) {
	i := 0
	for {
		if i == len(steps) {
			return
		}
		steps[i]()
		i++
		runtime.Gosched() // unsafe: calls
	}
}

var stopped bool

func polled(out []int) {
	for i := range out {
		if stopped {
			break
		}
		out[i] = i
		runtime.Gosched() // unsafe: shares-variables
	}
}

func captured(out []int) {
	stop := false
	whenTold(func() { stop = true })
	for i := range out {
		if stop {
			return
		}
		out[i] = i
		runtime.Gosched() // unsafe: early-exit
	}
}

func addressed(out []int) {
	stop := false
	tell(&stop)
	for i := range out {
		if stop {
			return
		}
		out[i] = i
		runtime.Gosched() // unsafe: early-exit
	}
}

func whenTold(f func()) { f() }
func tell(stop *bool)   { *stop = true }

func (t *task) exits(xs []int, p *bool, done *[1]bool, seen map[string]bool) (sum int) {
	for i, x := range xs {
		if *p {
			break
		}
		sum += x + i
		runtime.Gosched() // unsafe: early-exit
	}
	for i := range xs {
		if done[0] {
			break
		}
		sum += i
		runtime.Gosched() // unsafe: early-exit
	}
	for i := range xs {
		if _, ok := seen["done"]; ok {
			break
		}
		sum += i
		runtime.Gosched() // unsafe: early-exit
	}
	return sum
}
