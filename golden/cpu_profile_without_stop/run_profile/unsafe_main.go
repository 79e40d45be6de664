// What the program does stays the same; its profile has a content only with
// the stop.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
)

func main() {
	run()
}

// want: opened
// want: worked
// want: closed: <nil>
func run() {
	dir, err := os.MkdirTemp("", "profile")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	f, err := os.Create(filepath.Join(dir, "cpu.pprof"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("opened")
	if err := pprof.StartCPUProfile(f); err != nil {
		fmt.Println(err)
		return
	}
	defer func() { fmt.Println("closed:", f.Close()) }()
	fmt.Println("worked")
}
