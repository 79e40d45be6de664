package testprogs

import (
	"os"
	"runtime/trace"
)

func init() {
	trace.Start(os.Stderr) // keeps: test-code
}
