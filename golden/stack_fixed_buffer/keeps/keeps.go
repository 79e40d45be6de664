// Package keeps holds what is no mistake.
package keeps

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"strings"
)

const stackSize = 4096

var shared [4096]byte

type options struct{ StackSize int }

func doubling() []byte {
	buf := make([]byte, 1024)
	for {
		n := runtime.Stack(buf, true) // keeps: overflow-checked
		if n < len(buf) {
			return buf[:n]
		}
		buf = make([]byte, 2*len(buf))
	}
}

func retryOnce() []byte {
	buf := make([]byte, 1024)
	n := runtime.Stack(buf, false) // keeps: overflow-checked
	if n == 1024 {
		buf = make([]byte, 1<<16)
		n = runtime.Stack(buf, false) // keeps: overflow-checked
	}
	return buf[:n]
}

func marked(w io.Writer) {
	buf := make([]byte, 4096)
	n := runtime.Stack(buf, false) // keeps: overflow-checked
	w.Write(buf[:n])
	if n >= cap(buf) {
		fmt.Fprintln(w, "... truncated")
	}
}

func grown(size int) []byte {
	for {
		buf := make([]byte, size)
		n := runtime.Stack(buf, true) // keeps: overflow-checked
		if n < size {
			return buf[:n]
		}
		size *= 2
	}
}

func usual(r any) {
	const size = 64 << 10
	buf := make([]byte, size)
	buf = buf[:runtime.Stack(buf, false)] // keeps: large-enough
	log.Printf("panic: %v\n%s", r, buf)
}

func everything(w io.Writer) {
	buf := make([]byte, 64<<20)
	w.Write(buf[:runtime.Stack(buf, true)]) // keeps: large-enough
}

func configured(o options, r any) {
	stack := make([]byte, o.StackSize)
	length := runtime.Stack(stack, false) // keeps: size-chosen
	log.Printf("%v %s", r, stack[:length])
}

func ofPackage(r any) {
	stack := make([]byte, stackSize)
	length := runtime.Stack(stack, false) // keeps: size-chosen
	log.Printf("%v %s", r, stack[:length])
}

func limited(r any) {
	const maxTrace = 2048
	stack := make([]byte, maxTrace)
	length := runtime.Stack(stack, false) // keeps: size-chosen
	log.Printf("%v %s", r, stack[:length])
}

func said(r any) {
	// The first 2 KB are enough to find the culprit.
	stack := make([]byte, 2048)
	length := runtime.Stack(stack, false) // keeps: size-chosen
	log.Printf("%v %s", r, stack[:length])
}

func goroutineID() string {
	var buf [64]byte
	n := runtime.Stack(buf[:], false) // keeps: first-line
	return strings.Fields(strings.TrimPrefix(string(buf[:n]), "goroutine "))[0]
}

func caller() string {
	buf := make([]byte, 1024)
	n := runtime.Stack(buf, false) // keeps: taken-apart
	lines := strings.Split(string(buf[:n]), "\n")
	return lines[len(lines)-2]
}

func header() []byte {
	buf := make([]byte, 1024)
	buf = buf[:runtime.Stack(buf, false)] // keeps: taken-apart
	first, _, _ := bytes.Cut(buf, []byte("\n"))
	return first
}

func skips() string {
	buf := make([]byte, 1024)
	text := string(buf[:runtime.Stack(buf, false)]) // keeps: taken-apart
	for line := range strings.Lines(text) {
		return line
	}
	return text[1:]
}

// A caller takes the result apart.
func current() string {
	buf := make([]byte, 1024)
	return string(buf[:runtime.Stack(buf, false)]) // keeps: taken-apart
}

func inMain() bool {
	return strings.Contains(current(), "main.main")
}

// So does a function that gets it.
func passedOn() {
	buf := make([]byte, 1024)
	n := runtime.Stack(buf, false) // keeps: taken-apart
	record(7, buf[:n])
}

func record(id int, text []byte) {
	log.Print(id, bytes.Count(text, []byte("\n")))
}

func compared(last string) bool {
	buf := make([]byte, 1024)
	n := runtime.Stack(buf, false) // keeps: taken-apart
	return string(buf[:n]) == last
}

func byName(parseStack func([]byte) []string) []string {
	buf := make([]byte, 1024)
	n := runtime.Stack(buf, false) // keeps: taken-apart
	return parseStack(buf[:n])
}

func testDump() {
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf, true) // keeps: test-code
	os.Stderr.Write(buf[:n])
}

// Reused from one round to the next.
func worker(jobs <-chan func() error) {
	buf := make([]byte, 4096)
	for job := range jobs {
		if err := job(); err != nil {
			n := runtime.Stack(buf, false) // advice: buffer-reused
			log.Printf("%v\n%s", err, buf[:n])
		}
	}
}

func jumps(again bool) {
start:
	buf := make([]byte, 4096)
	n := runtime.Stack(buf, false) // advice: buffer-reused
	log.Printf("%s", buf[:n])
	if again {
		again = false
		goto start
	}
}

func oddly(w io.Writer) {
	buf := make([]byte, 4096)
	n := runtime.Stack(buf, false) // advice: odd-shape
	w.Write(append(buf[:n], '\n'))
	w.Write(buf[n:])
	var m int
	other := make([]byte, 4096)
	m = runtime.Stack(other, false) // advice: odd-shape
	w.Write(other[:m])
	third := make([]byte, 4096)
	copy(third, "stack: ")
	k := runtime.Stack(third, false) // advice: odd-shape
	w.Write(third[:k])
	fmt.Fprint(w, k)
}

// No findings: nobody shows the text, or the buffer is not this function's.
func others(given []byte, all bool, stack func([]byte, bool) int) {
	unread := make([]byte, 1024)
	runtime.Stack(unread, true)
	_ = runtime.Stack(given, false)
	n := runtime.Stack(shared[:], false)
	log.Printf("%s", shared[:n])
	either := make([]byte, 1024)
	n = runtime.Stack(either, all)
	log.Printf("%s", either[:n])
	n = stack(either, false)
	fill := runtime.Stack
	n = fill(either, false)
	log.Printf("%s", either[:n])
}

type fake struct{}

func (fake) Stack([]byte, bool) int { return 0 }

func shadowed(runtime fake) {
	buf := make([]byte, 1024)
	n := runtime.Stack(buf, false)
	log.Printf("%s", buf[:n])
}

const maxStack = 8 * 1024

// Whatever was decided: this is no dump of all goroutines.
func named(r any) {
	stack := make([]byte, maxStack)
	stack = stack[:runtime.Stack(stack, true)] // advice: room-for-few
	log.Printf("%v %s", r, stack)
}
