package manual_gc

import (
	"context"
	"log"
	"net/http"
	"runtime"
	"sync"
	"time"
)

type server struct {
	cache map[string][]byte
	mu    sync.Mutex
	n     int
}

// The example of the catalogue.
func handleRequest(w http.ResponseWriter, r *http.Request) {
	serve(w, r)
	runtime.GC()
}

func serve(w http.ResponseWriter, r *http.Request) { w.WriteHeader(r.ProtoMajor) }

func (s *server) each(requests []*http.Request) {
	count := 0
	for i, r := range requests {
		serve(nil, r)

		count++
		if count%100 == 0 {
			// Free memory now.
			runtime.GC() // advice: explained
		}
		if i > 10 {
			log.Print("many")
			runtime.GC()
		}
	}
}

func (s *server) full() bool { return len(s.cache) > 100 }

func (s *server) evict() {
	s.mu.Lock()
	clear(s.cache)
	s.mu.Unlock()
	if s.full() {
		runtime.GC()
	}
}

func (s *server) once() {
	defer func() { runtime.GC() }()
	go func() {
		runtime.GC()
	}()
	serve(nil, nil)
}

// tidy is all there is.
func (s *server) tidy() {
	runtime.GC()
}

func soon() { time.AfterFunc(time.Second, func() { runtime.GC() }) }

func latency(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	serve(w, r)
	runtime.GC()
	log.Print(time.Since(start))
}

func start(ctx context.Context, every time.Duration) {
	log.Print("start")

	// Keep memory low.
	go func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for range ticker.C {
			runtime.GC() // advice: explained
		}
	}()

	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				runtime.GC()
			}
		}
	}()

	go func() {
		for {
			time.Sleep(10 * time.Second)
			runtime.GC()
		}
	}()

	busy := time.NewTicker(time.Hour)
	go func() {
		for {
			<-busy.C
			runtime.GC()
		}
	}()
	busy.Reset(every)

	go func() {
		for range time.Tick(every) {
			runtime.GC()
		}
	}()
	<-ctx.Done()
}

func (s *server) loop() {
	for { // The name says nothing.
		time.Sleep(time.Minute)
		runtime.GC() // advice: own-loop
	}
}

func background(done chan bool) {
	go func() {
		defer close(done)
		for {
			time.Sleep(time.Minute)
			runtime.GC() // advice: own-loop
		}
	}()
}

func (s *server) run(ctx context.Context, requests chan *http.Request) {
	ticker := time.NewTicker(time.Minute)
	for {
		select {
		case r := <-requests:
			serve(nil, r)
		case <-ticker.C:
			runtime.GC() // advice: left-empty
		case <-ctx.Done():
			return
		}
	}
}

func worker(jobs <-chan func()) {
	for job := range jobs {
		job()
		runtime.GC()
	}
}

func scope(xs []int) (sum int) {
	{
		runtime.GC()
	}
	for _, x := range xs {
		sum += x
	}
	switch sum {
	case 1:
		sum = 2
		runtime.GC()
	}
	return sum
}

func value() func() {
	_ = runtime.GC
	time.AfterFunc(time.Minute, runtime.GC) // advice: as-value
	return runtime.GC                       // advice: as-value
}

func later(serve func()) {
	defer runtime.GC()
	serve()
	go runtime.GC()
	serve()
}

func laterOnly(quiet bool) {
	if !quiet {
		defer runtime.GC()
	}
}

func says(load, build func()) {
	load()
	// release memory
	runtime.GC() // advice: explained
	build()
	/* peak mem */ runtime.GC() // advice: explained
	load()
	runtime.GC() //nolint:errcheck
}

func giveBackAllThatIsLeft(first, second, third, fourth, fifth, sixth int, names map[string]string, quiet bool) {
	runtime.GC()
}

func giveBack(quiet bool) /* nothing */ {
	runtime.GC()
}

func giveBackLater(
	first, second int,
	quiet bool,
) {
	runtime.GC()
}
