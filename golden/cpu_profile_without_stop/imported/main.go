// A program whose own package stops what it starts.
package main

import (
	"log"
	"os"
	"runtime/pprof"

	"gomend.example/golden/cpu_profile_without_stop/imported/ending"
)

func main() {
	f, err := os.Create("cpu.pprof")
	if err != nil {
		log.Fatal(err)
	}
	if err := pprof.StartCPUProfile(f); err != nil { // keeps: stopped-elsewhere
		log.Fatal(err)
	}
	defer ending.All()
	log.Print("work")
}
