// Package unsafe has handlers that two rules would change: the reading that is
// as fresh as before wins over the snapshot, with unsafe fixes too.
package unsafe

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

func counters(out map[string]any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		out["allocated"] = m.TotalAlloc
	}
}
