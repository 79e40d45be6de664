package handlers

import (
	"fmt"
	"net/http"
	"runtime"
)

func work(*http.Request) []byte { return nil }

// It has something else to do.
func serve(w http.ResponseWriter, r *http.Request) {
	body := work(r)
	runtime.GC()
	w.Write(body)
}

// What it answers comes from somewhere else.
func sum(jobs chan<- int, results <-chan int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		jobs <- 1
		fmt.Fprintln(w, <-results)
		runtime.GC()
	}
}

var total int

func count(w http.ResponseWriter, _ *http.Request) {
	runtime.GC()
	fmt.Fprintln(w, total)
}
