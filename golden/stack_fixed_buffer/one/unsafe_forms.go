// Package one holds the forms for the stack of one goroutine.
package one

import (
	"errors"
	"fmt"
	"log"
	"os"
	"runtime"
)

type failure struct {
	value any
	stack []byte
}

func counted(work func()) {
	defer func() {
		if r := recover(); r != nil {
			buf := make([]byte, 4096)
			n := runtime.Stack(buf, false)
			log.Printf("panic: %v\n%s", r, buf[:n])
		}
	}()
	work()
}

func cut(work func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			const size = 4 << 10
			buf := make([]byte, size)
			buf = buf[:runtime.Stack(buf, false)]
			err = fmt.Errorf("panic: %v\n%s", r, buf)
		}
	}()
	work()
	return nil
}

func array() string {
	var buf [2 << 10]byte
	return string(buf[:runtime.Stack(buf[:], false)])
}

func arrayCounted() {
	var buf [1024]byte
	n := runtime.Stack(buf[:], false)
	os.Stderr.Write(buf[:n])
	fmt.Fprintf(os.Stderr, "%s\n", string(buf[0:n]))
}

func literal() error {
	trace := [1024]byte{}
	written := runtime.Stack(trace[:], false)
	return errors.New("stack: " + string(trace[:written]))
}

// The whole buffer is shown, with the zero bytes behind the text.
func padded(r any) {
	trace := make([]byte, 2048)
	runtime.Stack(trace, false)
	log.Printf("E! panicked: %s, stack:\n%s\n", r, trace)
}

func inExpression(r any) *failure {
	// Room for a few frames.
	buf := make([]byte, 1024)
	return &failure{value: r, stack: buf[:runtime.Stack(buf, false)]}
}

func declared(r any) *failure {
	var buf = make([]byte, 1<<12) // four pages
	n := runtime.Stack(buf, false)
	f := &failure{value: r}
	f.stack = buf[:n]
	return f
}

func between(r any, id int) {
	buf := make([]byte, 1024)
	prefix := fmt.Sprint("request ", id)

	// The stack of the handler.
	n := runtime.Stack(buf, false) // this goroutine only
	text := string(buf[:n])
	log.Print(prefix, r, text)
}

func inClosure(do func(func())) {
	buf := make([]byte, 1024)
	n := runtime.Stack(buf, false)
	do(func() { log.Print(string(buf[:n])) })
}

func oneLine() { b := make([]byte, 512); n := runtime.Stack(b, false); os.Stderr.Write(b[:n]) }

func generic[T any](value T) string {
	b := make([]byte, 512)
	b = b[:runtime.Stack(b, false)]
	return fmt.Sprintf("%v\n%s", value, b)
}

func (f *failure) fill() {
	switch buf := make([]byte, 512); f.value {
	case nil:
		n := runtime.Stack(buf, false) // advice: buffer-reused
		f.stack = buf[:n]
	default:
		b := make([]byte, 512)
		n := runtime.Stack(b, false)
		f.stack = append(f.stack, b[:n]...)
	}
}

func sizeUsedTwice() (string, int) {
	const size = 4096
	buf := make([]byte, size)
	n := runtime.Stack(buf, false)
	return string(buf[:n]), size
}

func shortened(r any) {
	stack := make([]byte, 16384)
	n := runtime.Stack(stack, false)
	stack = stack[:n]
	log.Printf("%v\n%s", r, stack)
}

func shortenedLater(r any) {
	stack := make([]byte, 16384)
	n := runtime.Stack(stack, false)
	os.Stderr.Write(stack[:n])
	stack = stack[:n] // for the log
	log.Printf("%v\n%s", r, stack)
}

func sizeOfParts() []byte {
	const kb = 1024
	buf := make([]byte, 4*kb)
	n := runtime.Stack(buf, false)
	return buf[:n]
}

// An array that is a value or pointed to has a type that no slice has.
func value() [2048]byte {
	var buf [2048]byte
	runtime.Stack(buf[:], false) // advice: odd-shape
	return buf
}

func pointer() *[2048]byte {
	var buf [2048]byte
	runtime.Stack(buf[:], false) // advice: odd-shape
	return &buf
}

func arrayShown() {
	var buf [2048]byte
	runtime.Stack(buf[:], false)
	os.Stderr.Write(buf[:])
}
