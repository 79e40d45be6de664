package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/trace"
	"testing"
)

type timer struct{}

// Stop is another one.
func (timer) Stop() {}

func begin(w http.ResponseWriter, r *http.Request) {
	f, err := os.Create("trace.out")
	if err != nil {
		return
	}
	if err := trace.Start(f); err != nil { // advice: may-go-on
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func into(w io.Writer) error {
	return trace.Start(w) // keeps: handed-on
}

func init() {
	trace.Start(io.Discard) // keeps: discarded
}

func helper(b *testing.B) {
	trace.Start(os.Stdout) // keeps: test-code
}

func main() {
	timer{}.Stop()
	for range 2 {
		trace.Start(os.Stdout) // advice: in-loop
	}
	var trace timer
	trace.Stop()
	http.HandleFunc("/trace", begin)
	fmt.Println(into(os.Stdout))
	helper(nil)
}
