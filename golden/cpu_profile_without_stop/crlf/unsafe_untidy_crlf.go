package main

import (
	"fmt"
	"os"
	"runtime/pprof"
)

func main() {
	pprof.StartCPUProfile(os.Stdout) // to the pipe
	fmt.Println("work")
}
