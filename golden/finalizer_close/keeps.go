package finalizer_close

import (
	"io"
	"os"
	"runtime"
	"sync"
	"syscall"
	"weak"
)

type deferred struct{ f *os.File }

func openDeferred(f *os.File) *deferred {
	d := &deferred{f: f}
	defer runtime.SetFinalizer(d, func(d *deferred) { d.f.Close() }) // keeps: not-a-statement
	return d
}

type emptied struct{ f *os.File }

func arm(e *emptied) {
	runtime.SetFinalizer(e, func(e *emptied) { e.f.Close() }) // advice: left-empty
}

type net1 struct{ f *os.File }

func openNet(f *os.File) *net1 {
	d := &net1{f: f}
	// Safety net for callers who forget to close the file.
	runtime.SetFinalizer(d, func(d *net1) { d.f.Close() }) // keeps: last-resort
	return d
}

func pipe(w *io.PipeWriter) {
	println("a pipe")
	runtime.SetFinalizer(w, pipeFinalizer) // advice: foreign-type
}

func pipeFinalizer(w *io.PipeWriter) { w.Close() }

type box[T any] struct{ f *os.File }

func newBox[T any](f *os.File) *box[T] {
	b := &box[T]{f: f}
	runtime.SetFinalizer(b, func(b *box[T]) { b.f.Close() }) // advice: foreign-type
	return b
}

type embeds struct{ *os.File }

func newEmbeds(f *os.File) *embeds {
	e := &embeds{f}
	runtime.SetFinalizer(e, func(e *embeds) { e.File.Close() }) // advice: embedding
	return e
}

type inner struct{ f *os.File }

type outer struct{ *inner }

func newInner(f *os.File) outer {
	i := &inner{f}
	runtime.SetFinalizer(i, func(i *inner) { i.f.Close() }) // advice: embedding
	return outer{i}
}

// Counterexample 27: the client of http closes what is an io.Closer.
type reader struct{ f *os.File }

func (r *reader) Read(p []byte) (int, error) { return r.f.Read(p) }

func newReader(f *os.File) io.Reader {
	r := &reader{f}
	runtime.SetFinalizer(r, func(r *reader) { r.f.Close() }) // advice: becomes-closer
	return r
}

type entry struct{ f *os.File }

type cache struct {
	mu      sync.Mutex
	entries map[string]*entry
}

func (c *cache) get(name string, f *os.File) *entry {
	e := &entry{f}
	runtime.SetFinalizer(e, func(e *entry) { e.f.Close() }) // keeps: shared-lifetime
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[name] = e
	return e
}

type pooled struct{ f *os.File }

func fill(pool *sync.Pool, f *os.File) {
	e := &pooled{f}
	runtime.SetFinalizer(e, func(e *pooled) { e.f.Close() }) // keeps: shared-lifetime
	pool.Put(e)
}

type weakly struct{ f *os.File }

var last weak.Pointer[weakly]

func newWeakly(f *os.File) *weakly {
	w := &weakly{f}
	runtime.SetFinalizer(w, func(w *weakly) { w.f.Close() }) // keeps: shared-lifetime
	last = weak.Make(w)
	return w
}

type taken struct {
	f     *os.File
	Close func()
}

func newTaken(f *os.File) *taken {
	t := &taken{f: f}
	runtime.SetFinalizer(t, func(t *taken) { t.f.Close() }) // advice: name-taken
	return t
}

type pair struct{ a, b *os.File }

func newPair(a, b *os.File) *pair {
	p := &pair{a, b}
	runtime.SetFinalizer(p, func(p *pair) { // advice: unclear-close
		p.a.Close()
		p.b.Close()
	})
	return p
}

type maybe struct{ f *os.File }

func newMaybe(f *os.File) *maybe {
	m := &maybe{f}
	runtime.SetFinalizer(m, func(m *maybe) { // advice: unclear-close
		if m.f != nil {
			m.f.Close()
		}
	})
	return m
}

type half struct{ a, b *os.File }

func newHalf(a, b *os.File) *half {
	h := &half{a, b}
	runtime.SetFinalizer(h, func(h *half) { h.a.Close() }) // advice: unclear-close
	return h
}

func (h *half) Close() error { return h.b.Close() }

// The type takes its finalizer away: the business of finalizer-to-cleanup.
type armed struct{ fd int }

func newArmed(fd int) *armed {
	a := &armed{fd}
	runtime.SetFinalizer(a, (*armed).Close)
	return a
}

func (a *armed) Close() error {
	runtime.SetFinalizer(a, nil)
	return syscall.Close(a.fd)
}

// It does more than close, or nothing of the kind.
type logged struct{ f *os.File }

func newLogged(f *os.File) *logged {
	l := &logged{f}
	runtime.SetFinalizer(l, func(l *logged) {
		println("not closed")
		l.f.Close()
	})
	return l
}

type fake struct{}

func (fake) SetFinalizer(any, any) {}

func shadowed(f *os.File) {
	runtime := fake{}
	runtime.SetFinalizer(&half{}, func(h *half) { h.a.Close() })
	_ = f
}

// Nobody else ever has the object.
type unheld struct{ f *os.File }

func watch(f *os.File) {
	u := &unheld{}
	u.f = f
	runtime.SetFinalizer(u, func(u *unheld) { u.f.Close() }) // advice: unclear-close
}

// An option of the callers.
type optional struct{ f *os.File }

func openOptional(f *os.File, auto bool) *optional {
	o := &optional{f: f}
	if auto {
		runtime.SetFinalizer(o, func(o *optional) { o.f.Close() }) // advice: left-empty
	}
	return o
}

type listed struct{ f *os.File }

type list struct{ all []*listed }

func (l *list) open(f *os.File) *listed {
	e := &listed{f: f}
	runtime.SetFinalizer(e, func(e *listed) { e.f.Close() }) // keeps: shared-lifetime
	l.all = append(l.all, e)
	return e
}

// A `Close` that does not always close.
type asking struct{ f *os.File }

func (a *asking) Close(really bool) error {
	if !really {
		return nil
	}
	return a.f.Close()
}

func openAsking(f *os.File) *asking {
	a := &asking{f: f}
	runtime.SetFinalizer(a, func(a *asking) { a.f.Close() }) // advice: unclear-close
	return a
}

// Another function puts it back.
type transport struct{ f *os.File }

type stack struct{ all []*transport }

func (s *stack) Push(t *transport) { s.all = append(s.all, t) }

func newTransport(f *os.File) *transport {
	t := &transport{f: f}
	runtime.SetFinalizer(t, func(t *transport) { t.f.Close() }) // keeps: shared-lifetime
	return t
}

func give(s *stack, t *transport) { s.Push(t) }

type namespace interface{ Close() error }

type workload struct{ of namespace }

type namespaces struct{ all map[string]workload }

// What holds the object is kept in a map, for nobody knows how long.
func (c *namespaces) put(id string, w workload) {
	runtime.SetFinalizer(w.of, closeNamespace) // keeps: shared-lifetime
	c.all[id] = w
}

func (c *namespaces) look(w workload) {
	runtime.SetFinalizer(w.of, closeNamespace) // advice: foreign-type
	println(len(c.all))
}

func closeNamespace(of namespace) { of.Close() }
