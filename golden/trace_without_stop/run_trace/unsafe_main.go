// What the program does stays the same, when the trace cannot be started too.
package main

import (
	"fmt"
	"io"
	"runtime/trace"
)

type counted struct{ writes int }

func (c *counted) Write(p []byte) (int, error) {
	c.writes++
	return len(p), nil
}

// want: started
// want: execution tracer already enabled
// want: worked
func main() {
	out := &counted{}
	if err := trace.Start(out); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("started")
	if err := trace.Start(io.MultiWriter(io.Discard)); err != nil {
		fmt.Println(err)
	}
	fmt.Println("worked")
}
