package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"os"
	"runtime/pprof"
)

var cpuprofile = flag.String("cpuprofile", "", "write a CPU profile to this file")

// The forms in which a start can stand. pprof.StopCPUProfile is only mentioned
// here: "pprof.StopCPUProfile".
func main() {
	flag.Parse()
	f, err := os.Create(*cpuprofile)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()

	// Without a look at the error.
	pprof.StartCPUProfile(os.Stdout) // starts
	_ = pprof.StartCPUProfile(os.Stdout)

	if err := pprof.StartCPUProfile(os.Stdout); err != nil {
		fmt.Println(err)
	}

	if pprof.StartCPUProfile(os.Stdout) != nil {
		fmt.Println("no profile")
	} else {
		fmt.Println("a profile")
	}

	if err := pprof.StartCPUProfile(os.Stdout); err == nil {
		fmt.Println("a profile")
	}

	err = pprof.StartCPUProfile(os.Stdout)
	if err != nil {
		log.Println("could not start CPU profile: ", err)
	}

	if *cpuprofile != "" {
		g, err := os.Create(*cpuprofile)
		if err != nil {
			fmt.Println(err)
			return
		}
		if err := pprof.StartCPUProfile(g); err != nil {
			fmt.Println(err)
			return
		}
		defer g.Close()
		fmt.Println(g.Name())
	}

	buffered := bufio.NewWriter(f)
	pprof.StartCPUProfile(buffered)
	defer buffered.Flush()
	fmt.Println("work")
}
