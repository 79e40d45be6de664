package one

import (
	"log"
	"runtime"
)

// A parameter has the name of the package that is needed.
func taken(debug bool) {
	buf := make([]byte, 4096)
	n := runtime.Stack(buf, false)
	log.Print(debug, string(buf[:n]))
	log.Print(runtime.NumGoroutine())
}
