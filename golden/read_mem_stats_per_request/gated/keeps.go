package gated

import (
	"fmt"
	"net/http"
	"runtime"
	"time"
)

var last time.Time

// Not each request reads: no finding of this rule.
func handle(w http.ResponseWriter, _ *http.Request) {
	if time.Since(last) < 10*time.Second {
		return
	}
	last = time.Now()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Fprintln(w, m.HeapAlloc)
}
