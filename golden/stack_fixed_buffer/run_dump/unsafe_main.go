// A program that dumps a handful of goroutines.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
)

func waits(started *sync.WaitGroup, done <-chan struct{}) {
	started.Done()
	<-done
}

func counted() string {
	buf := make([]byte, 1<<16)
	n := runtime.Stack(buf, true)
	return string(buf[:n])
}

func cut() string {
	buf := make([]byte, 1<<16)
	buf = buf[:runtime.Stack(buf, true)]
	return string(buf)
}

func inExpression() string {
	buf := make([]byte, 1<<16)
	return string(buf[:runtime.Stack(buf, true)])
}

func dropped() string {
	buf := make([]byte, 1<<16)
	runtime.Stack(buf, true)
	return strings.TrimRight(string(buf), "\x00")
}

func main() {
	var started sync.WaitGroup
	done := make(chan struct{})
	for range 7 {
		started.Add(1)
		go waits(&started, done)
	}
	started.Wait()
	for _, dump := range []func() string{counted, cut, inExpression, dropped} {
		text := dump()
		fmt.Println(strings.Count(text, "main.waits("), strings.HasPrefix(text, "goroutine 1 [running]:\n"))
	}
	close(done)
	os.Exit(0)
}

// want: 7 true
// want: 7 true
// want: 7 true
// want: 7 true
