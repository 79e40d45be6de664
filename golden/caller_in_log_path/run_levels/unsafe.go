package main

import (
	"fmt"
	"path"
	"runtime"
)

type Level int

const (
	Debug Level = iota
	Info
	Error
	Fatal
)

// Log keeps its words at every level, and its place for errors.
func Log(level Level, text string) {
	_, file, line, ok := runtime.Caller(1)
	if level < Error {
		fmt.Println(level, text)
	}
	if ok {
		report(level, path.Base(file), line, text)
	}
}

func report(level Level, file string, line int, text string) {
	if level >= Error {
		fmt.Println(level, file, line > 0, text)
	}
}

func main() {
	Log(Debug, "one")
	Log(Info, "two")
	Log(Error, "three")
	Log(Fatal, "four")
	// want: 0 one
	// want: 1 two
	// want: 2 unsafe.go true three
	// want: 3 unsafe.go true four
}
