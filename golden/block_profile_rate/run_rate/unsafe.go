// An event that blocks for long enough is recorded at both rates.
package main

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"
)

func wait(ready chan int) int { return <-ready }

// want: 1
// want: true
func main() {
	runtime.SetBlockProfileRate(1)
	ready := make(chan int)
	go func() {
		time.Sleep(20 * time.Millisecond)
		ready <- 1
	}()
	fmt.Println(wait(ready))
	var out bytes.Buffer
	_ = report(&out)
	fmt.Println(strings.Contains(out.String(), "main.wait"))
}

func report(out *bytes.Buffer) error { return pprof.Lookup("block").WriteTo(out, 1) }
