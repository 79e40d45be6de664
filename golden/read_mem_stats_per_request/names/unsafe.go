package names

import (
	"fmt"
	"net/http"
	"runtime"
)

type time int

var memStats, readMemSnapshot = 1, 2

func usage(w http.ResponseWriter, r *http.Request) {
	memSnapshot, atomic := memStats, time(readMemSnapshot)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Fprintln(w, m.Sys-m.HeapReleased, m.TotalAlloc, memSnapshot, atomic, runtime.NumCPU())
}
