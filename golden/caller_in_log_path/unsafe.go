package logs

import (
	"context"
	"io"
	"log/slog"
	"runtime"
	rt "runtime"
)

const (
	LevelDebug = iota
	LevelInfo
	LevelWarn
	LevelError
	LevelFatal
)

type line struct {
	level int
	file  string
	line  int
	text  string
}

var lines []line

func emit(level int, file string, at int, text string) {
	lines = append(lines, line{level, file, at, text})
}

// Log is the document's own example.
func Log(level int, msg string) {
	_, file, at, _ := runtime.Caller(1)
	emit(level, file, at, msg)
	if level == LevelFatal {
		panic(msg)
	}
}

func logTo(w io.Writer, level int, format string, args ...any) {
	prefix := ""
	// Where it was said.
	_, file, at, ok := rt.Caller(2) // two above
	if ok {
		prefix = place(file, at)
	}
	if LevelWarn <= level {
		prefix += "! "
	}
	_, _ = io.WriteString(w, prefix+format)
	_ = args
}

func place(file string, at int) string { return file }

// The graver, the smaller.
type Priority int

const (
	PriorityPanic Priority = iota + 1
	PriorityError
	PriorityInfo
	PriorityDebug
)

type Logger struct{ file string }

func (l *Logger) write(level Priority, text string) {
	pc, file, _, ok := runtime.Caller(2)
	if !ok {
		file, pc = "???", 0
	}
	switch level {
	case PriorityPanic, PriorityError:
		l.file = file
	}
	println(text, pc, file)
}

func (l *Logger) Info(text string) { l.write(PriorityInfo, text) }

// Record is given the levels of log/slog.
func Record(ctx context.Context, level slog.Level, msg string) {
	func() {}()
	_, file, at, _ := runtime.Caller(1)
	r := struct {
		File string
		Line int
	}{File: file, Line: at}
	slog.Log(ctx, level, msg, "at", r)
}

func (l *Logger) log(level slog.Level, msg string) {
	_, file, _, _ := runtime.Caller(1)
	l.file = file
	slog.Log(context.Background(), level, msg)
}

func (l *Logger) Warn(msg string) { l.log(slog.LevelWarn, msg) }
