package logs

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
)

// No level.
func Infof(format string, args ...any) {
	_, file, at, _ := runtime.Caller(1) // advice: level-unknown
	fmt.Println(file, at, fmt.Sprintf(format, args...))
}

// Who calls says what it is, and no line has the place: no finding.
type wire struct{}

func (wire) Logf(format string, args ...any) {
	_, file, _, ok := runtime.Caller(1)
	direction := "received"
	if ok && filepath.Base(file) == "send.go" {
		direction = "sent"
	}
	fmt.Println(direction, fmt.Sprintf(format, args...))
}

// Levels that nothing is known of.
func logAs(level string, text string) {
	_, file, at, _ := runtime.Caller(1) // advice: level-unknown
	fmt.Println(level, file, at, text)
}

// A level that is changed.
func logChanged(level int, text string) {
	_, file, at, _ := runtime.Caller(1) // advice: level-unknown
	if level > LevelFatal {
		level = LevelFatal
	}
	emit(level, file, at, text)
}

// The constant means something else here.
func logHidden(level int, text string) {
	const LevelError = "error"
	_, file, at, _ := runtime.Caller(1) // advice: level-unknown
	if level == LevelFatal {
		text += LevelError
	}
	emit(level, file, at, text)
}

// Two error levels.
const (
	KindInfo = iota
	KindError
	KindNetError
)

func logKind(level int, text string) {
	_, file, at, _ := runtime.Caller(1) // advice: level-unknown
	if level == KindNetError {
		text = "net: " + text
	}
	emit(level, file, at, text)
}

func logBase(level int, text string) {
	_, file, at, _ := runtime.Caller(1) // advice: place-needed
	emit(level, filepath.Base(file), at, text)
	if level == LevelFatal {
		panic(text)
	}
}

func logFormatted(level int, text string) {
	_, file, at, _ := runtime.Caller(1) // advice: place-needed
	fmt.Printf("%s:%d %s", file, at, text)
	if level == LevelFatal {
		panic(text)
	}
}

// Without a place there would be no line.
func logOrNot(level int, text string) {
	_, file, at, ok := runtime.Caller(1) // advice: place-needed
	if !ok {
		return
	}
	emit(level, file, at, text)
	if level == LevelFatal {
		panic(text)
	}
}

func logTested(level int, text string) {
	if _, file, at, ok := runtime.Caller(1); ok { // advice: own-statement
		emit(level, file, at, text)
	}
	if level == LevelFatal {
		panic(text)
	}
}

func logAssigned(level int, text string) {
	var file string
	var at int
	_, file, at, _ = runtime.Caller(1) // advice: own-statement
	emit(level, file, at, text)
	if level == LevelFatal {
		panic(text)
	}
}

func logDeclared(level int, text string) {
	file := ""
	_, file, at, _ := runtime.Caller(1) // advice: own-statement
	emit(level, file, at, text)
	if level == LevelFatal {
		panic(text)
	}
}

func logTyped(level int, text string) {
	type string int
	_, file, at, _ := runtime.Caller(1) // advice: own-statement
	emit(level, file, at, text)
	if level == LevelFatal {
		panic(text)
	}
}

// The place is told for a logger.
func location(skip int) string {
	_, file, at, ok := runtime.Caller(skip) // advice: in-helper
	if !ok {
		return ""
	}
	return fmt.Sprint(file, at)
}

func Warnf(format string, args ...any) {
	fmt.Println(location(2), fmt.Sprintf(format, args...))
}

func Warnln(text string) {
	var pcs [1]uintptr
	runtime.Callers(2, pcs[:]) // advice: level-unknown
	frame, _ := runtime.CallersFrames(pcs[:]).Next()
	fmt.Println(frame.File, frame.Line, text)
}

type command struct {
	text string
	file string
	line int
}

type batch struct{ commands []command }

func (b *batch) Add(text string) {
	_, f, l, _ := runtime.Caller(1) // advice: per-record
	b.commands = append(b.commands, command{text: text, file: f, line: l})
}

func (b *batch) AddIf(text string) {
	if verbose {
		_, f, l, _ := runtime.Caller(1)
		b.commands = append(b.commands, command{text: text, file: f, line: l})
	}
}

func (b *batch) Register(text string) {
	_, f, l, _ := runtime.Caller(1)
	b.commands = append(b.commands, command{text: text, file: f, line: l})
}

// A line would have `file=""`.
func logKeyed(ctx context.Context, level slog.Level, msg string) {
	_, file, at, _ := runtime.Caller(1) // advice: place-needed
	slog.Log(ctx, level, msg, slog.String("file", file), slog.Int("line", at))
}

func logListed(level int, msg string) {
	_, file, at, _ := runtime.Caller(1) // advice: place-needed
	where := []any{file, at}
	fmt.Println(where...)
	if level == LevelFatal {
		panic(msg)
	}
}

// An empty name has no second byte.
func logShort(level int, msg string) {
	_, file, at, _ := runtime.Caller(1) // advice: place-needed
	emit(level, withoutSlash(file), at, msg)
	if level == LevelFatal {
		panic(msg)
	}
}

func withoutSlash(file string) string { return file[1:] }

// A comment that would be lost.
func logCommented(level int, msg string) {
	_, file, at, _ := /* one above */ runtime.Caller(1) // advice: own-statement
	emit(level, file, at, msg)
	if level == LevelFatal {
		panic(msg)
	}
}

// The variable has the name of a type that the other one needs.
func logNamed(level int, msg string) {
	_, int, at, _ := runtime.Caller(1) // advice: own-statement
	emit(level, int, at, msg)
	if level == LevelFatal {
		panic(msg)
	}
}

type grade int

// Of two types.
const (
	GradeInfo        = 1
	GradeError grade = 3
)

func logGrade(level int, msg string) {
	_, file, at, _ := runtime.Caller(1) // advice: level-unknown
	if level == GradeInfo {
		msg += "."
	}
	emit(level, file, at, msg)
}
