// Package promoted has types that get their Close from another.
package promoted

import (
	"io"
	"net"
	"os"
	"runtime"
)

type base struct{ f *os.File }

func (b *base) Close() error { return b.f.Close() }

type derived struct{ *base }

func newDerived(b *base) *derived {
	d := &derived{base: b}
	runtime.SetFinalizer(d, func(d *derived) { d.base.Close() }) // advice: embedding
	return d
}

type stream interface{ io.ReadCloser }

type wrapped struct{ stream }

func newWrapped(s stream) *wrapped {
	w := &wrapped{s}
	runtime.SetFinalizer(w, func(w *wrapped) { w.stream.Close() }) // advice: embedding
	return w
}

type connection struct{ net.Conn }

func newConnection(c net.Conn) *connection {
	n := &connection{c}
	runtime.SetFinalizer(n, func(n *connection) { n.Conn.Close() }) // advice: embedding
	return n
}

type plain struct{ name }

type name string

type inner struct {
	name
	f *os.File
}

func newInner(f *os.File) *inner {
	i := &inner{f: f}
	runtime.SetFinalizer(i, func(i *inner) { i.f.Close() }) // advice: embedding
	return i
}
