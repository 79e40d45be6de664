// Command run_pause tells how long bare waits take, on the clock of a bubble.
package main

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func pauses(t *testing.T) {
	start := time.Now()
	for _, d := range []time.Duration{time.Second, 0, -time.Second, time.Hour} {
		<-time.After(d)
		fmt.Println(d, time.Since(start))
	}
	calls := 0
	wait := func() time.Duration { calls++; return time.Minute }
	<-time.After(wait())
	fmt.Println(calls, time.Since(start))
	done := make(chan struct{})
	go func() {
		defer close(done)
		<-time.After(time.Minute)
	}()
	<-done
	fmt.Println(time.Since(start))
}

func main() {
	tests := []testing.InternalTest{{Name: "pauses", F: func(t *testing.T) { synctest.Test(t, pauses) }}}
	testing.Main(func(string, string) (bool, error) { return true, nil }, tests, nil, nil)
}
