package main

import (
	"fmt"
	"runtime"
)

func main() {
	for i := range 10 {
		fmt.Println(i)
		runtime.GC() // keeps: test-code
	}
}
