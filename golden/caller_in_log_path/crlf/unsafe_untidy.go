package crlf

import "runtime"

const (
	Info = iota
	Error
)

type record struct {
	file string
	line int
}

var last record

func Log(level int, text string) {
	_, file, line, _ := runtime.Caller(1) // the place
	last = record{file: file, line: line}
	if level != Error {
		println(text)
	}
}
