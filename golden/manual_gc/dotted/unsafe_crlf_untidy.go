package dotted

import (
	"fmt"
	"runtime"
)

func carriage() {
	fmt.Println()

	// Free memory.
	runtime.GC()
}
