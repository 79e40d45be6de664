package one

import (
	"log"
	"runtime"
)

func crlf() {
	buf := make([]byte, 4096)
	n := runtime.Stack(buf, false)
	log.Printf("%s", buf[:n])
}
