// Declarations that share their lines.
package shared

import (
	"os"
	"runtime"
	"syscall"
)

type handle struct{ fd int }; func finalizeHandle(h *handle) { syscall.Close(h.fd) }; func double(n int) int { return 2 * n }

func newHandle(fd int) *handle { h := &handle{fd: fd}; runtime.SetFinalizer(h, finalizeHandle); return h }; func triple(n int) int {
	return 3 * n
}

type file struct{ f *os.File }

func openFile(f *os.File) *file { h := &file{f: f}; runtime.SetFinalizer(h, func(h *file) { h.f.Close() }); return h }; func quadruple(n int) int {
	return 4 * n
}
