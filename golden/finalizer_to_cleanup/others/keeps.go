package others

import (
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
)

func free(fd int, rest ...any) { _ = os.NewFile(uintptr(fd), "").Close() }

type file struct {
	fd     int
	closed bool
	name   string
}

// SRC 10's own leak check.
func checked(fd int) *file {
	f := &file{fd: fd}
	runtime.SetFinalizer(f, func(f *file) { // keeps: only-reports
		if !f.closed {
			panic(fmt.Sprintf("file %s leaked without Close", f.name))
		}
	})
	return f
}

func logged(fd int) *file {
	f := &file{fd: fd}
	runtime.SetFinalizer(f, func(f *file) { // keeps: only-reports
		if f.closed {
			return
		}
		log.Printf("leaked %d", f.fd)
	})
	return f
}

func collected() bool {
	f := &file{name: "gone"}
	done := make(chan bool)
	runtime.SetFinalizer(f, func(*file) { close(done) }) // keeps: observes-collection
	f = nil
	runtime.GC()
	return <-done
}

func deferredSet(fd int) *file {
	f := &file{fd: fd}
	defer runtime.SetFinalizer(f, func(f *file) { free(f.fd, "now") }) // keeps: not-a-statement
	return f
}

func (f *file) free() { free(f.fd, f.name) }

func valued(fd int) *file {
	f := &file{fd: fd}
	runtime.SetFinalizer(f, f.free) // advice: captures-object
	return f
}

func expressed(fd int) *file {
	f := &file{fd: fd}
	runtime.SetFinalizer(f, (*file).free) // keeps: needs-the-object
	return f
}

func freeFile(f *file) { free(f.fd, f.name) }

func called(fd int) *file {
	f := &file{fd: fd}
	runtime.SetFinalizer(f, freeFile) // keeps: needs-the-object
	return f
}

func several(fd int) *file {
	f := &file{fd: fd}
	runtime.SetFinalizer(f, func(f *file) { free(f.fd, f.name) }) // keeps: needs-the-object
	return f
}

func passed(fd int) *file {
	f := &file{fd: fd}
	runtime.SetFinalizer(f, func(f *file) { println(f); free(0) }) // keeps: needs-the-object
	return f
}

func captured(fd int, w io.Writer) *file {
	f := &file{fd: fd}
	runtime.SetFinalizer(f, func(g *file) { // keeps: captures
		fmt.Fprintln(w, "free")
		free(g.fd)
	})
	return f
}

func itself(fd int) *file {
	f := &file{fd: fd}
	runtime.SetFinalizer(f, func(*file) { free(f.fd) }) // advice: captures-object
	return f
}

func stranger(r *os.File) {
	runtime.SetFinalizer(r, func(r *os.File) { free(int(r.Fd())) }) // keeps: foreign-type
}

type kept[T any] struct {
	fd   int
	more *T
}

func generic[T any](fd int) *kept[T] {
	k := &kept[T]{fd: fd}
	runtime.SetFinalizer(k, func(k *kept[T]) { free(k.fd) }) // keeps: foreign-type
	return k
}

// Counterexample 5: what is shared by reference in the object is copied.
type flagged struct {
	fd     int
	closed atomic.Bool
	once   sync.Once
	rc     io.Closer
	list   []int
}

func loaded(fd int) *flagged {
	f := &flagged{fd: fd}
	runtime.SetFinalizer(f, func(f *flagged) { // keeps: field-type
		if !f.closed.Load() {
			free(0)
		}
	})
	return f
}

func once(fd int) *flagged {
	f := &flagged{fd: fd}
	runtime.SetFinalizer(f, func(f *flagged) { // keeps: field-type
		f.once.Do(func() { free(0) })
	})
	return f
}

func addressed(fd int) *flagged {
	f := &flagged{fd: fd}
	runtime.SetFinalizer(f, func(f *flagged) { swap(&f.closed) }) // keeps: field-changes
	return f
}

func swap(b *atomic.Bool) { b.Store(true) }

// A nil interface as the argument panics.
func faced(rc io.Closer) *flagged {
	f := &flagged{rc: rc}
	runtime.SetFinalizer(f, func(f *flagged) { // keeps: field-type
		println("not closed")
		f.rc.Close()
	})
	return f
}

func listed(fd int) *flagged {
	f := &flagged{fd: fd}
	runtime.SetFinalizer(f, func(f *flagged) { free(len(f.list)) }) // keeps: field-type
	return f
}

type zero struct{ fd int }

func zeroed(fd int) *zero {
	z := &zero{fd: fd}
	runtime.SetFinalizer(z, func(f *zero) { // keeps: field-changes
		free(1)
		f.fd = -1
	})
	return z
}

// A hook on collections sets itself again.
func hook(f *file) {
	free(0, "collected")
	runtime.SetFinalizer(f, hook) // keeps: observes-collection
}

func start() {
	runtime.SetFinalizer(&file{}, hook) // keeps: observes-collection
}

func each(fn func() bool) {
	var finalizer func(*file)
	finalizer = func(f *file) {
		if fn() {
			runtime.SetFinalizer(f, finalizer) // keeps: observes-collection
		}
	}
	finalizer(new(file))
}

func variable(finalizer func(*file)) {
	runtime.SetFinalizer(&file{}, finalizer) // keeps: needs-the-object
}

func (f *file) Name() string { return f.name }

func panics() *file {
	f := &file{}
	runtime.SetFinalizer(f, func(f *file) { // keeps: only-reports
		panic(fmt.Sprintf("file %s became unreachable", f.Name()))
	})
	return f
}

// Two types of the package have finalizers.
func ordered(fd int) *file {
	f := &file{fd: fd}
	runtime.SetFinalizer(f, func(f *file) { free(f.fd) }) // keeps: order
	return f
}
