package boxing

import "log/slog"

type logger struct{ kept []any }

func (l *logger) Logf(format string, args ...any) { // advice: hand-written
	l.kept = append(l.kept, args...)
}

func (l *logger) collect(args ...any) {
	l.kept = append(l.kept, args...)
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
