// A program that shows what is deepest in a stack.
package main

import (
	"fmt"
	"runtime"
	"strings"
)

type report struct{ text string }

// failed tells of the panic, with the stack.
func failed(value any) report {
	buf := make([]byte, 8192)
	n := runtime.Stack(buf, false)
	return report{text: fmt.Sprintf("%v\n%s", value, buf[:n])}
}

func deep(n int) {
	if n == 0 {
		panic("too deep")
	}
	deep(n - 1)
}

func main() {
	defer func() {
		r := failed(recover())
		fmt.Println(strings.HasPrefix(r.text, "too deep\ngoroutine 1 [running]:\n"))
		fmt.Println(strings.Contains(r.text, "main.failed("), strings.Count(r.text, "main.deep(") > 5)
		fmt.Println(strings.Contains(r.text, "main.main()"))
	}()
	deep(10)
}

// want: true
// want: true true
// want: true
