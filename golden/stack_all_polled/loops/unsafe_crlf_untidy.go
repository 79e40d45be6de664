package loops

import (
	"log"
	rt "runtime"
	"time"
)

func crlf() {
	buf := make([]byte, 1<<20)
	for range time.Tick(time.Second) {
		n := rt.Stack(buf, true)

		log.Print(string(buf[:n]))
	}
}
