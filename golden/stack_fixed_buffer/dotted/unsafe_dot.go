package dotted

import (
	"log"
	. "runtime"
)

func dotted() {
	buf := make([]byte, 4096)
	n := Stack(buf, false)
	log.Printf("%s", buf[:n])
}

func hidden(Stack func([]byte, bool) int) {
	buf := make([]byte, 4096)
	n := Stack(buf, false)
	log.Printf("%s", buf[:n])
}
