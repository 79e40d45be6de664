package hidden

import (
	"fmt"
	"net/http"
	"runtime"
)

type uint32 string

func heap(w http.ResponseWriter, _ *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: not-nameable
	fmt.Fprintln(w, m.HeapAlloc, uint32("x"))
}
