// Package quiet has nothing that a snapshot would serve.
package quiet

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
)

// No handler.
func report() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Println(m.HeapAlloc)
}

// The statistics must be exact.
func collect(w http.ResponseWriter, _ *http.Request) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Fprintln(w, m.HeapAlloc)
}

// All of them are wanted.
func dump(w http.ResponseWriter, _ *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Fprintln(w, m)
}

// Read for each of several things, not for each request.
func twice(w http.ResponseWriter, _ *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Fprintln(w, m.HeapAlloc)
	runtime.ReadMemStats(&m)
	fmt.Fprintln(w, m.HeapAlloc)
}

// A handler that runs something beside it.
func background(http.ResponseWriter, *http.Request) {
	go func() {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Println(m.HeapAlloc)
	}()
}

type request struct{}
type Request struct{}
type Response struct{ heap uint64 }
type service struct{}

// Not in a package that speaks gRPC.
func (service) Heap(ctx context.Context, _ *Request) (*Response, error) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return &Response{heap: m.HeapAlloc}, nil
}

// Another Request, another result.
func other(http.ResponseWriter, *request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Println(m.HeapAlloc)
}

func fails(w http.ResponseWriter, _ *http.Request) error {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	_, err := fmt.Fprintln(w, m.HeapAlloc)
	return err
}
