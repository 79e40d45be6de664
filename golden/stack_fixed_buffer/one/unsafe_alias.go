package one

import (
	"log"
	rt "runtime"
	dbg "runtime/debug"
)

// The packages have other names here, and `debug` is taken.
func aliased(debug bool) {
	if debug {
		dbg.SetTraceback("all")
	}
	buf := make([]byte, 4096)
	n := rt.Stack(buf, false)
	log.Printf("%s", buf[:n])
}
