package reaches

import (
	"os"
	"runtime"
)

func release(ptr uintptr) { println(ptr) }

type node struct {
	ptr  uintptr
	next *node
	file *os.File
}

func newNode(ptr uintptr) *node {
	n := &node{ptr: ptr}
	runtime.SetFinalizer(n, func(n *node) { release(n.ptr) }) // keeps: order
	return n
}

func follow(n *node) {
	runtime.SetFinalizer(n, func(n *node) { // keeps: field-type
		println("following")
		walk(n.next)
	})
}

func walk(n *node) {}
