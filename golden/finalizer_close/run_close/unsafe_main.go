package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

type file struct{ f *os.File }

func open(name string) (*file, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	h := &file{f: f}
	runtime.SetFinalizer(h, func(h *file) { h.f.Close() })
	return h, nil
}

func (h *file) Close() error { return h.f.Close() }

type raw struct{ fd int }

func openRaw(name string) (*raw, error) {
	fd, err := syscall.Open(name, syscall.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	r := &raw{fd: fd}
	runtime.SetFinalizer(r, (*raw).close)
	return r, nil
}

func (r *raw) close() { syscall.Close(r.fd) }

func main() {
	// What was opened can be read, and what cannot be opened is said.
	h, err := open(os.DevNull)
	fmt.Println(err)
	n, err := h.f.Read(make([]byte, 8))
	fmt.Println(n, err)
	h.Close()
	r, err := openRaw(os.DevNull)
	fmt.Println(err)
	n, err = syscall.Read(r.fd, make([]byte, 8))
	fmt.Println(n, err)
	r.close()
	h, err = open("/nowhere/at/all")
	fmt.Println(h == nil, err)
}
