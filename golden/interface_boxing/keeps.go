package boxing

import (
	"fmt"
	"log/slog"
	"time"
)

type logger struct{ kept []any }

func (l *logger) Logf(format string, args ...any) { // advice: hand-written
	l.kept = append(l.kept, args...)
}

func (l *logger) collect(args ...any) {
	l.kept = append(l.kept, args...)
}

type failures struct{ texts []string }

func (f *failures) errorf(format string, args ...any) {
	f.texts = append(f.texts, fmt.Sprintf(format, args...))
}

func formatted(format string, args []any) []any { return append(args, format) }

// The seed's form.
func (l *logger) Printf(format string, args ...any) { // advice: hand-written
	l.kept = append(l.kept, formatted(format, args)...)
}

func many(rows []int, key string, args []any) {
	slog.Info("once", "rows", len(rows))
	for i, row := range rows {
		slog.Info("constant", "k", 1)
		slog.Info("unknown", "k", any(row))
		slog.Info("plain")
		slog.Info("key", key, i)   // keeps: not-key-and-value
		slog.Info("more", args...) // keeps: not-key-and-value
	}
}

func reports(rows []string) {
	last := time.Now()
	for i := range rows {
		if time.Since(last) > 10*time.Second {
			last = time.Now()
			slog.Info("still at it", "row", i) // keeps: seldom
		}
	}
}

func polls(count func() int) {
	for {
		n := len(fmt.Sprint(count()))
		slog.Info("waiting", "left", n) // keeps: seldom
		time.Sleep(time.Minute)
	}
}
