package generic

import . "runtime"

// Level is one of a group that is written out, the gravest first.
type Level int

const (
	ErrorLevel   Level = 3
	WarningLevel Level = 4
	InfoLevel    Level = 6
)

type place struct {
	file string
	line int
}

// Log takes anything.
func Log[T any](lvl Level, value T, text string) (at place) {
	switch lvl {
	case InfoLevel:
		text = "info: " + text
	default:
	}
	if text != "" {
		println(text)
	}

	_, file, _, _ := Caller(1)
	at.file = file
	return at
}
