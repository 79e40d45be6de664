package limited

import "runtime/debug"

func start(read func()) {
	debug.SetGCPercent(-1) // keeps: has-limit
	read()
}

func limit(bytes int64) {
	debug.SetMemoryLimit(bytes)
}
