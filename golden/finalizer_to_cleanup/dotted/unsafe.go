package dotted

import (
	"os"
	. "runtime"
)

// Without a Stop there is nothing to keep. The pointer is kept by the cleanup.
type handle struct {
	file *os.File
	name string
}

func open(f *os.File, name string) *handle {
	h := &handle{file: f, name: name}
	SetFinalizer(h, func(h *handle) {
		println("not closed")
		h.file.Close()
	})
	return h
}
