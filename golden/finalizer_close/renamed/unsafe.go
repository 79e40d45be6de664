package renamed

import (
	"os"
	"runtime"
	"syscall"
)

// SRC 10: the method that the finalizer calls becomes the public one.
type File struct{ fd int }

func Open(path string) (*File, error) {
	fd, err := syscall.Open(path, syscall.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	f := &File{fd: fd}
	runtime.SetFinalizer(f, (*File).close)
	return f, nil
}

func (f *File) close() { syscall.Close(f.fd) }

// Others call it too, so it keeps its body and its results.
type log struct{ f *os.File }

func newLog(f *os.File) *log {
	l := &log{f}
	runtime.SetFinalizer(l, (*log).close)
	return l
}

func (l *log) close() {
	l.f.Close()
}

func rotate(l *log, f *os.File) *log {
	l.close()
	return newLog(f)
}

type dir struct{ f *os.File }

func newDir(f *os.File) *dir {
	d := &dir{f}
	runtime.SetFinalizer(d, (*dir).close)
	return d
}

func (d *dir) close() error {
	defer println("closed")
	return d.f.Close()
}

type pipe struct{ f *os.File }

func newPipe(f *os.File) *pipe {
	p := &pipe{f}
	runtime.SetFinalizer(p, (*pipe).close)
	return p
}

// close gives the pipe back.
//
// It may be called again.
func (p *pipe) close() {
	// What it says does not matter.
	p.f.Close()
}
