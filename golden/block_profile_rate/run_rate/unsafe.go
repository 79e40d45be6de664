// An event that blocks for long enough is recorded at both rates.
package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
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
	answer := httptest.NewRecorder()
	report(answer, nil)
	fmt.Println(strings.Contains(answer.Body.String(), "main.wait"))
}

func report(w http.ResponseWriter, _ *http.Request) {
	_ = pprof.Lookup("block").WriteTo(w, 1)
}
