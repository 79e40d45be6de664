// Package safe has a handler that two rules would change: only the fix that
// keeps each request its own reading is safe.
package safe

import (
	"fmt"
	"net/http"
	"runtime"
)

func heap(w http.ResponseWriter, _ *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Fprintln(w, m.HeapAlloc, m.NumGC)
}
