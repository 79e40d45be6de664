package main

import (
	"log/slog"
	"os"
	"time"
)

func main() {
	drop := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: drop})))
	for i, name := range []string{"a", "b"} {
		slog.Info("line", "i", i, "name", name, "took", time.Duration(i), slog.Bool("typed", true))
	}
}
