package go118

import (
	"fmt"
	"net/http"
	"runtime"
)

func heap(w http.ResponseWriter, _ *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: too-old-go
	fmt.Fprintln(w, m.HeapAlloc)
}
