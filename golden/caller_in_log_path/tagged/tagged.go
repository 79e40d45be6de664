//go:build debug

package tagged

import (
	"fmt"
	"runtime"
)

// Log is there in debug builds only.
func Log(text string) {
	_, file, at, _ := runtime.Caller(1) // keeps: opt-in-build
	fmt.Println(file, at, text)
}
