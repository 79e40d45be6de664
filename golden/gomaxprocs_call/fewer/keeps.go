// Package fewer leaves processors to others.
package fewer

import (
	"fmt"
	"runtime"
)

func fewer() {
	runtime.GOMAXPROCS(runtime.NumCPU() - 1)       // keeps: leaves-some-free
	runtime.GOMAXPROCS(max(1, runtime.NumCPU()/2)) // keeps: leaves-some-free
	fmt.Println("fewer")
}

func clamped() {
	n := runtime.NumCPU()
	if n > 8 {
		n = 8
	}
	runtime.GOMAXPROCS(n) // keeps: leaves-some-free
	fmt.Println(n)
}
