package main

import (
	"fmt"
	"runtime"
	"time"
)

type handle struct {
	fd   int
	name *string
}

var released = make(chan int, 4)

func release(fd int) { released <- fd }

func open(fd int) *handle {
	h := &handle{fd: fd, name: new(string)}
	runtime.SetFinalizer(h, func(h *handle) { release(h.fd) })
	return h
}

func (h *handle) Close() {
	runtime.SetFinalizer(h, nil)
	release(h.fd)
}

func forget() { open(7) }

// What was closed is released once, what was forgotten by a collection.
func main() {
	h := open(3)
	h.Close()
	fmt.Println("closed:", <-released)
	forget()
	for range 3 {
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Println("collected:", <-released)
	fmt.Println("left:", len(released))
}
