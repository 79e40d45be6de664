package finalizer_close

import (
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
)

// OPT 3: a file that only a finalizer closes.
type file struct {
	f *os.File
}

func openFile(name string) (*file, error) {
	raw, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	h := &file{f: raw}
	runtime.SetFinalizer(h, func(h *file) { h.f.Close() }) // fragile
	return h, nil
}

// A raw descriptor: closed twice, it could be somebody else's.
type raw struct {
	fd int
}

func openRaw(path string) (*raw, error) {
	fd, err := syscall.Open(path, syscall.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	r := &raw{fd: fd}
	// The finalizer closes the descriptor.
	runtime.SetFinalizer(r, func(r *raw) {
		_ = syscall.Close(r.fd)
	})
	return r, nil
}

func (r *raw) number() int { return r.fd }

// The methods call their receiver something else than the finalizer does.
type link struct {
	conn net.Conn
}

func (l *link) local() net.Addr { return l.conn.LocalAddr() }

func connect(conn net.Conn) *link {
	made := &link{conn: conn}
	runtime.SetFinalizer(made, func(x *link) { _ = x.conn.Close() })
	return made
}

// A `Close` that does the same is enough.
type body struct {
	rc io.ReadCloser
}

func newBody(rc io.ReadCloser) *body {
	b := &body{rc: rc}
	runtime.SetFinalizer(b, func(b *body) { b.rc.Close() })
	return b
}

func (b *body) Close() error {
	return b.rc.Close()
}

type whole struct{ rc io.ReadCloser }

func newWhole(rc io.ReadCloser) *whole {
	w := &whole{rc: rc}
	runtime.SetFinalizer(w, (*whole).Close)
	return w
}

func (w *whole) Close() error { return w.rc.Close() }

// What the field's Close gives is not known.
type server struct{ inner interface{ Close() } }

func serve(inner interface{ Close() }) *server {
	s := &server{inner: inner}
	runtime.SetFinalizer(s, func(s *server) { s.inner.Close() })
	return s
}

type handle struct{ fd int }

// A finalizer by name.
func finalizeHandle(h *handle) { syscall.Close(h.fd) }

func newHandle(fd int) *handle {
	h := &handle{fd}
	runtime.SetFinalizer(h, finalizeHandle)
	return h
}
