// Package stated says how large its buffers are.
package stated

import (
	"log"
	"runtime"
)

func one() {
	buf := make([]byte, 8192)      // 8 KB buffer size
	n := runtime.Stack(buf, false) // keeps: size-chosen
	log.Printf("%s", buf[:n])
}

func all() {
	// A 64-KiB buffer for the dump.
	buf := make([]byte, 64<<10)
	n := runtime.Stack(buf, true) // keeps: size-chosen
	log.Printf("%s", buf[:n])
}
