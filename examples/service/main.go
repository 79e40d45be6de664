// The service is a small program with the habits that gomend looks for.
package main

import (
	"fmt"
	"math"
	"net/http"
	"runtime"
	"time"
)

func main() {
	jobs := make(chan []float64)
	results := make(chan float64)
	go worker(jobs, results)
	http.HandleFunc("/stats", stats)
	http.HandleFunc("/sum", func(w http.ResponseWriter, _ *http.Request) {
		jobs <- []float64{1, 4, 9}
		fmt.Fprintln(w, <-results)
		runtime.GC()
	})
	if err := http.ListenAndServe("localhost:8080", nil); err != nil {
		fmt.Println(err)
	}
}

// worker sums what it is sent until nothing comes for a minute.
func worker(jobs <-chan []float64, results chan<- float64) {
	for {
		select {
		case data := <-jobs:
			results <- sum(data)
		case <-time.After(time.Minute):
			return
		}
	}
}

func sum(data []float64) float64 {
	total := 0.0
	for i, v := range data {
		total += math.Sqrt(v)
		if i%1000 == 0 {
			runtime.Gosched() // be nice to the others
		}
	}
	return total
}

func stats(w http.ResponseWriter, _ *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Fprintln(w, "heap_inuse_bytes", m.HeapInuse)
	fmt.Fprintln(w, "gc_cycles", m.NumGC)
}
