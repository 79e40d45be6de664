package main

import (
	"fmt"
	"os"
	"runtime"
)

type file struct{ f *os.File }

func open(name string) (*file, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	h := &file{f}
	runtime.SetFinalizer(h, (*file).release)
	return h, nil
}

func (h *file) release() { h.f.Close() }

func (h *file) Close() error {
	if h == nil {
		return os.ErrInvalid
	}
	return h.f.Close()
}

func main() {
	h, err := open(os.DevNull)
	fmt.Println(h.Close(), err, h.Close())
	var none *file
	fmt.Println(none.Close())
}
