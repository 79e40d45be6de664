package elsewhere

import (
	"fmt"
	"net/http"
	"runtime"
)

func stack(w http.ResponseWriter, _ *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: read-elsewhere
	fmt.Fprintln(w, m.StackInuse)
}
