// A program whose monitor has nothing to say.
package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

func monitor(beats chan<- int) {
	buf := make([]byte, 1<<16)
	for round := range time.Tick(time.Millisecond) {
		n := runtime.Stack(buf, true)
		if strings.Contains(string(buf[:n]), "main.stuckForEver(") {
			fmt.Println("stuck", len(buf[:n]))
		}
		beats <- round.Nanosecond()
	}
}

func main() {
	beats := make(chan int)
	go monitor(beats)
	for i := range 3 {
		<-beats
		fmt.Println("beat", i)
	}
}

// want: beat 0
// want: beat 1
// want: beat 2
