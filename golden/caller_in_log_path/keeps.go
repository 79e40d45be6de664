package logs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

var verbose bool

func printAt(text string) {
	if verbose {
		_, file, at, _ := runtime.Caller(1) // keeps: guarded
		fmt.Println(file, at)
	}
	fmt.Println(text)
}

func logAbove(level int, text string) {
	if level < LevelWarn {
		return
	}
	_, file, at, _ := runtime.Caller(1) // keeps: guarded
	emit(level, file, at, text)
}

func (l *Logger) enabled(slog.Level) bool { return verbose }

func (l *Logger) Notice(text string) {
	if !l.enabled(slog.LevelInfo) {
		return
	}
	_, file, at, _ := runtime.Caller(1) // keeps: guarded
	fmt.Println(file, at, text)
}

func printIf(level int, text string) {
	switch {
	case level >= LevelError:
		_, file, at, _ := runtime.Caller(1) // keeps: guarded
		emit(level, file, at, text)
	default:
		emit(level, "", 0, text)
	}
}

// Only called behind a check.
func (l *Logger) output(text string) {
	_, file, at, _ := runtime.Caller(2) // keeps: guarded
	fmt.Println(file, at, text)
}

func (l *Logger) Printf(format string, args ...any) {
	if verbose {
		l.output(fmt.Sprintf(format, args...))
	}
}

// Only called for errors.
func (l *Logger) emit(text string) {
	_, file, at, _ := runtime.Caller(2) // keeps: error-path
	fmt.Println(file, at, text)
}

func (l *Logger) Error(text string)  { l.emit(text) }
func (l *Logger) Fatalf(text string) { l.emit(text); os.Exit(1) }

func logError(err error) {
	_, file, at, _ := runtime.Caller(1) // keeps: error-path
	fmt.Println(file, at, err)
}

func logWhat(err error) {
	_, file, at, _ := runtime.Caller(1) // keeps: error-path
	fmt.Println(file, at, err)
}

func logRecovered() {
	_, file, at, _ := runtime.Caller(2) // keeps: error-path
	if r := recover(); r != nil {
		fmt.Println(file, at, r)
	}
}

func Debugf(level int, format string, args ...any) {
	_, file, at, _ := runtime.Caller(1) // keeps: debug-output
	fmt.Println(level, file, at, fmt.Sprintf(format, args...))
}

func Print(text string) {
	var pcs [1]uintptr
	runtime.Callers(2, pcs[:]) // keeps: only-the-counter
	r := slog.NewRecord(time.Now(), slog.LevelInfo, text, pcs[0])
	_ = slog.Default().Handler().Handle(context.Background(), r)
}

func logT(t *testing.T, text string) {
	_, file, at, _ := runtime.Caller(1) // keeps: test-code
	t.Log(file, at, text)
}

// A helper of a logger that asks behind a flag.
func sourceOf(skip int) string {
	_, file, at, _ := runtime.Caller(skip) // keeps: guarded
	return fmt.Sprint(file, at)
}

func (l *Logger) Println(text string) {
	if verbose {
		text = sourceOf(3) + text
	}
	fmt.Println(text)
}

// No logs.

func callerName(level int) string {
	pc, _, _, _ := runtime.Caller(level)
	return runtime.FuncForPC(pc).Name()
}

func wrap(err error, context ...string) error {
	if err == nil {
		return nil
	}
	pc, _, _, ok := runtime.Caller(1)
	if !ok {
		return err
	}
	return fmt.Errorf("%s %s: %w", runtime.FuncForPC(pc).Name(), strings.Join(context, " "), err)
}

type layer struct{ depth int }

func (l *layer) getCaller() string {
	_, file, at, ok := runtime.Caller(l.depth + 1)
	if !ok {
		return "unknown"
	}
	return fmt.Sprint(file, at)
}

func (l *layer) Remove(name string) error {
	err := os.Remove(name)
	slog.Debug("remove", "from", l.getCaller(), "name", name)
	return err
}

func newLogger() *Logger {
	_, file, _, _ := runtime.Caller(1)
	return &Logger{file: file}
}

func initLog() {
	_, file, _, _ := runtime.Caller(0)
	fmt.Println(file)
}

func logStack() {
	for skip := 0; ; skip++ {
		_, file, at, ok := runtime.Caller(skip)
		if !ok {
			return
		}
		fmt.Println(file, at)
	}
}

func printStack() {
	pcs := make([]uintptr, 16)
	n := runtime.Callers(1, pcs)
	fmt.Println(runtime.CallersFrames(pcs[:n]))
}

type runtimeLike struct{}

func (runtimeLike) Caller(int) (uintptr, string, int, bool) { return 0, "", 0, false }

func logShadowed(level int, text string) {
	var runtime runtimeLike
	_, file, at, _ := runtime.Caller(1)
	// _, file, at, _ := runtime.Caller(1)
	emit(level, file, at, text)
}

func logFunc(level int) func() {
	ask := runtime.Caller
	return func() { _, _, _, _ = ask(level) }
}

func getInfo() string {
	_, file, _, _ := runtime.Caller(0)
	return file
}

var errNone = errors.New("none")
