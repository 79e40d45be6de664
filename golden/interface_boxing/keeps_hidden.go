package boxing

import . "log/slog"

func dotted(n int) {
	LogAttrs := n
	for range LogAttrs {
		Info("n", "n", n) // keeps: not-nameable
	}
}
