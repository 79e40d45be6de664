// A profile is taken whether its rate was set before or not.
package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
)

func work() (sum int) {
	for i := range 1000 {
		sum += i
	}
	return sum
}

func refused() error {
	var other bytes.Buffer
	return pprof.StartCPUProfile(&other)
}

// want: 499500
// want: true
// want: cpu profiling already in use
func main() {
	// The line that the runtime writes there is what the rewrite takes away.
	os.Stderr.Close()
	var profile bytes.Buffer
	runtime.SetCPUProfileRate(1000)
	if err := pprof.StartCPUProfile(&profile); err != nil {
		fmt.Println(err)
	}
	runtime.SetCPUProfileRate(200)
	fmt.Println(work())
	failed := refused()
	pprof.StopCPUProfile()
	fmt.Println(profile.Len() > 0)
	fmt.Println(failed)
}
