package dotted

import (
	"fmt"
	"runtime"
)

func carriage() {
	fmt.Println()

	runtime.GC()
}
