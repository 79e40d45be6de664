// The first request already has values, and those of all handlers fit.
package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
)

func heap(w http.ResponseWriter, _ *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Fprintf(w, "%T %v %v\n", m.HeapAlloc, m.HeapAlloc > 0, m.HeapInuse >= m.HeapAlloc)
}

type status struct{ requests int }

func (s *status) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	s.requests++
	m := new(runtime.MemStats)
	runtime.ReadMemStats(m)
	fmt.Fprintf(w, "%d: %T %v %v\n", s.requests, m.NumGC, m.Sys > m.HeapSys, m.Mallocs > m.Frees)
}

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("/heap", heap)
	mux.Handle("/status", &status{})
	for _, path := range []string{"/heap", "/status", "/heap", "/status"} {
		recorder := httptest.NewRecorder()
		mux.ServeHTTP(recorder, httptest.NewRequest("GET", path, nil))
		body, _ := io.ReadAll(recorder.Body)
		fmt.Printf("%s %d %s", path, recorder.Code, body)
	}
}
