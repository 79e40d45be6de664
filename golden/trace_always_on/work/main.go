// A program that ends with its work, and a test's program.
package main

import (
	"fmt"
	"os"
	"runtime/trace"
)

func main() {
	trace.Start(os.Stdout)
	defer trace.Stop()
	fmt.Println("work")
}
