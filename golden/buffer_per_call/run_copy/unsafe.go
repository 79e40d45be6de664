package main

import (
	"fmt"
	"io"
	"strings"
)

func read(r io.Reader) string {
	buf := make([]byte, 2*1024)
	n, _ := r.Read(buf)
	return string(buf[:n])
}

func main() {
	long := read(strings.NewReader(strings.Repeat("long", 100)))
	fmt.Println(read(strings.NewReader("short")), len(long), long[:8], read(strings.NewReader("")) == "")
}
