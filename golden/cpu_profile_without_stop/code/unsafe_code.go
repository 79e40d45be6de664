package main

import (
	"fmt"
	"os"
	. "runtime/pprof"
)

func main() {
	code := work()
	os.Exit(code)
}

func work() int { StartCPUProfile(os.Stdout); fmt.Println("work"); return 0 }
