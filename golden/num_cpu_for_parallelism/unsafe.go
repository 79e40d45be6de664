package numcpu

import (
	"log"
	"runtime"
	"sync"
)

func channel() chan struct{} {
	return make(chan struct{}, runtime.NumCPU())
}

var slots = make(chan struct{}, runtime.NumCPU())

func counted(jobs <-chan int) {
	var wg sync.WaitGroup
	for i := 0; i < runtime.NumCPU(); i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for job := range jobs {
				log.Print(i, job)
			}
		}()
	}
	wg.Wait()
}

func unnamed(jobs <-chan int) {
	for i := 0; i < runtime.NumCPU(); i++ {
		go func() { log.Print(<-jobs) }()
	}
}

func ranged(jobs <-chan int) {
	for range runtime.NumCPU() {
		go func() { log.Print(<-jobs) }()
	}
}

func variable(items []int) {
	workers := runtime.NumCPU()
	if workers > len(items) {
		workers = len(items)
	}
	if workers < 1 {
		workers = 1
	}
	log.Printf("%d workers", workers)
	var wg sync.WaitGroup
	results := make(chan int, workers)
	for worker := range workers {
		wg.Go(func() { results <- items[worker] })
	}
	wg.Wait()
}

type group struct{}

func (group) SetLimit(int) {}
func (group) Go(func())    {}

func limited(g group) {
	g.SetLimit(runtime.NumCPU())
	g.Go(func() {})
}

func newPool(workers int) int { return workers }

func pool() int { return newPool(runtime.NumCPU()) }

func weighted(weight int64) {
	newWeighted := func(n int64) int64 { return n }
	log.Print(newWeighted(weight))
}

type semaphore struct{}

func (semaphore) NewWeighted(n int64) int64 { return n }

func sized(s semaphore) int64 {
	return s.NewWeighted(int64(runtime.NumCPU()))
}

// As many tokens as may run at once.
func tokens(jobs []func() error) {
	threads := runtime.NumCPU()
	results := make(chan error, threads)
	for i := 0; i < threads; i++ {
		results <- nil
	}
	for _, job := range jobs {
		<-results
		go func() { results <- job() }()
	}
	for i := 0; i < threads; i++ {
		<-results
	}
}

// The work is parted among as many workers.
func parted(rows []int) {
	numCPU := runtime.NumCPU()
	chunk := (len(rows) + numCPU - 1) / numCPU
	var wg sync.WaitGroup
	for i := 0; i < numCPU; i++ {
		from, to := min(len(rows), i*chunk), min(len(rows), (i+1)*chunk)
		wg.Add(1)
		go func() {
			defer wg.Done()
			for at := from; at < to; at++ {
				rows[at]++
			}
		}()
	}
	wg.Wait()
}

type squad struct{}

func (squad) Submit(func()) error { return nil }

func startWorker(int) {}

// A clamp by what there is to do leaves it a number of workers.
func clamped(pool squad, jobs []func()) {
	threads := runtime.NumCPU()
	if threads > len(jobs) {
		threads = len(jobs)
	}
	for i := 0; i < threads; i++ {
		_ = pool.Submit(func() { jobs[i]() })
	}
}

func least(pool squad, jobs []func()) {
	threads := min(runtime.NumCPU(), len(jobs))
	for range threads {
		if err := pool.Submit(jobs[0]); err != nil {
			log.Print(err)
		}
	}
}

func most(jobs []func()) {
	for worker := range max(2, runtime.NumCPU()) {
		startWorker(worker)
	}
}

func slotsFor(n int) chan struct{} {
	slots := make(chan struct{}, min(n, runtime.NumCPU()))
	return slots
}

type tracer struct{ backend, prefix string }

// Two functions share what says nothing of the workers.
func (t *tracer) chain(jobs <-chan int) {
	for range runtime.NumCPU() {
		go func() { log.Print(t.backend, <-jobs) }()
	}
}

func (t *tracer) block(jobs <-chan int) {
	for range runtime.NumCPU() {
		go func() { log.Print(t.backend, t.prefix, <-jobs) }()
	}
}

// A clamp that is written out is a `min`.
func capped(most int, jobs <-chan int) {
	n := most
	if c := runtime.NumCPU(); c < n {
		n = c
	}
	for i := 0; i < n; i++ {
		go func() { log.Print(<-jobs) }()
	}
}

func cappedOrAll(threads int, jobs <-chan int) {
	cpus := runtime.NumCPU()
	if threads <= 0 || threads > cpus {
		threads = cpus
	}
	for range threads {
		go func() { log.Print(<-jobs) }()
	}
}

func cappedBlocks(blocks uint64, jobs <-chan int) {
	threads := blocks
	if cpus := runtime.NumCPU(); threads > uint64(cpus) {
		threads = uint64(cpus)
	}
	for i := uint64(0); i < threads; i++ {
		go func() { log.Print(<-jobs) }()
	}
}
