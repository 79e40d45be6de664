package main

import (
	"fmt"
	"os"
	prof "runtime/pprof"
)

func main() {
	if err := run(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func run() error {
	f, err := os.Create("cpu.pprof")
	if err != nil {
		return err
	}
	defer f.Close()
	if err := prof.StartCPUProfile(f); err != nil {
		return err
	}
	fmt.Println("work")
	return nil
}
