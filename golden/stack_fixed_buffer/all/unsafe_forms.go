// Package all holds the forms for the stacks of all goroutines.
package all

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"runtime"
)

func onSignal(path string, signals ...os.Signal) {
	ch := make(chan os.Signal, 1)
	signal.Notify(ch, signals...)
	go func() {
		for range ch {
			buf := make([]byte, 1<<20)
			n := runtime.Stack(buf, true) // all goroutines
			_ = os.WriteFile(path, buf[:n], 0o600)
		}
	}()
}

func endpoint(w http.ResponseWriter, _ *http.Request) {
	buf := make([]byte, 64*1024)
	buf = buf[:runtime.Stack(buf, true)]
	w.Write(buf)
}

func inExpression() string {
	buf := make([]byte, 1<<20)
	return string(buf[:runtime.Stack(buf, true)])
}

func padded(w io.Writer) {
	n := 0
	trace := make([]uint8, 1<<16)
	runtime.Stack(trace, true)
	fmt.Fprintln(w, n, string(trace))
}

// The buffer is kept from one dump to the next, and stays as large as it grew.
func onRequest(dump <-chan string) {
	buf := make([]byte, 1<<20)
	for name := range dump {
		size := runtime.Stack(buf, true)
		log.Printf("%s:\n%s", name, buf[:size])
	}
}

// What reads the text gets more of it.
func analyzed(analyze func([]byte)) {
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf[:], true)
	analyze(buf[:n])
}

func array(w io.Writer) {
	var buf [1 << 20]byte
	n := runtime.Stack(buf[:], true) // advice: odd-shape
	w.Write(buf[:n])
}

func inHeader(w io.Writer) {
	buf := make([]byte, 1<<20)
	if n := runtime.Stack(buf, true); n > 0 { // advice: odd-shape
		w.Write(buf[:n])
	}
	later := make([]byte, 1<<20)
	defer w.Write(later[:runtime.Stack(later, true)]) // advice: odd-shape
	lazy := make([]byte, 1<<20)
	if w != nil && string(lazy[:runtime.Stack(lazy, true)]) != "" { // advice: odd-shape
		return
	}
}

func oneLine(w io.Writer) { b := make([]byte, 1<<20); n := runtime.Stack(b, true); w.Write(b[:n]) } // advice: odd-shape

// What prints a few KiB of all goroutines prints the first few.
func few(r any) {
	trace := make([]byte, 2048)
	runtime.Stack(trace, true) // advice: room-for-few
	log.Printf("panicked: %v, stack:\n%s", r, trace)
}

func jumps(w io.Writer) {
	buf := make([]byte, 1<<20)
	if w == nil {
		goto done
	}
	w.Write(buf[:runtime.Stack(buf, true)]) // advice: odd-shape
done:
}

func shortened(w io.Writer) {
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf, true)
	buf = buf[:n]
	w.Write(buf)
}
