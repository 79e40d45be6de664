// Package small starts dumps of all goroutines with little room.
package small

import (
	"log"
	"runtime"
)

func dump() {
	buf := make([]byte, 64*1024)
	n := runtime.Stack(buf, true)
	log.Printf("%s", buf[:n])
}

func named() {
	const room = 32 << 10
	buf := make([]byte, room)
	n := runtime.Stack(buf, true)
	log.Printf("%s", buf[:n])
}

func large() {
	buf := make([]byte, 2<<20)
	n := runtime.Stack(buf, true)
	log.Printf("%s", buf[:n])
}

func one() {
	buf := make([]byte, 16<<10)
	n := runtime.Stack(buf, false)
	log.Printf("%s", buf[:n])
}
