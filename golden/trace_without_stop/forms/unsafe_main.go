package main

import (
	"fmt"
	"log"
	"os"
	rtrace "runtime/trace"
)

// rtrace.Stop is only mentioned here.
func main() {
	f, _ := os.Create("trace.out")
	rtrace.Start(f)
	defer f.Close()
	// run the workload under investigation
	fmt.Println("work")

	if len(os.Args) > 1 {
		err := rtrace.Start(os.Stdout)
		if err != nil {
			log.Print(err)
		}
		fmt.Println("more")
	}
}
