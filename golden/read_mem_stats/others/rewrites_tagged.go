//go:build !windows

package others

import (
	_ "embed"
	"runtime"
)

//go:embed notes.txt
var text string

const size = 1 << 10

var buffer = new(size)

func tagged(labels []string) (kib uint64) {
	var m runtime.MemStats
again:
	for _, label := range labels {
		runtime.ReadMemStats(&m)
		switch {
		case label == "heap":
			kib += m.HeapSys / size
			continue again
		case label == "stack":
			kib += m.StackSys / size
			break again
		}
	}
	return kib + uint64(*buffer+len(text))
}
