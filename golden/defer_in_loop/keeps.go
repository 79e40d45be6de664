package deferinloop

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"
)

type shard struct {
	mu sync.RWMutex
	n  int
}

func use(any) {}

func files(paths []string) error {
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close() // advice: piles-up
		if _, err := io.Copy(io.Discard, f); err != nil {
			return err
		}
	}
	return nil
}

func literal(paths []string) error {
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // advice: piles-up
		use(f)
	}
	return nil
}

func checked(paths []string) (result error) {
	for _, path := range paths {
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		defer func(f *os.File) { // advice: piles-up
			if err := f.Close(); err != nil {
				result = err
			}
		}(f)
		use(f)
	}
	return nil
}

func bodies(urls []string) {
	for _, url := range urls {
		response, err := http.Get(url)
		if err != nil {
			continue
		}
		defer response.Body.Close() // advice: piles-up
		_, _ = io.Copy(io.Discard, response.Body)
	}
}

func rows(db *sql.DB, queries []string) error {
	for _, query := range queries {
		rows, err := db.Query(query)
		if err != nil {
			return err
		}
		defer rows.Close() // advice: piles-up
		for rows.Next() {
			use(rows)
		}
	}
	return nil
}

func descriptors(paths []string) error {
	for _, path := range paths {
		fd, err := syscall.Open(path, syscall.O_RDONLY, 0)
		if err != nil {
			return err
		}
		defer syscall.Close(fd) // advice: piles-up
		use(fd)
	}
	return nil
}

func outer(paths []string) {
	var f *os.File
	var err error
	for _, path := range paths {
		f, err = os.Open(path)
		if err != nil {
			return
		}
		defer f.Close() // advice: piles-up
		scanner := bufio.NewScanner(f)
		for scanner.Scan() {
			use(scanner.Text())
		}
	}
}

func received(conns chan net.Conn, quit chan bool) {
	for conn := range conns {
		defer conn.Close() // advice: piles-up
		use(conn)
	}
	for {
		select {
		case conn := <-conns:
			defer conn.Close() // advice: piles-up
			use(conn)
		case <-quit:
			return
		}
	}
}

func again(paths []string) {
	i := 0
	for i < len(paths) {
		f, err := os.Open(paths[i])
		i++
		if err == nil {
			defer f.Close() // advice: piles-up
			use(f)
			continue
		}
		return
	}
}

func inner(paths []string) {
	for _, path := range paths {
		for {
			f, err := os.Open(path)
			if err != nil {
				continue
			}
			defer f.Close() // advice: piles-up
			use(f)
			break
		}
	}
}

func acceptsForOthers(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			continue
		}
		defer conn.Close() // advice: never-runs
		go use(conn)
	}
}

func locksForEver(mu *sync.Mutex) {
	for {
		mu.Lock()
		defer mu.Unlock() // advice: never-runs
	}
}

func accepts(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			continue
		}
		defer conn.Close() // advice: never-runs
		use(conn)
	}
}

func (s *shard) rounds(n int) {
	for i := 0; i < n; i++ {
		s.mu.Lock()
		defer s.mu.Unlock() // advice: lock-held
		s.n++
		use(s.n)
	}
}

func reads(shards []*shard) {
	for _, s := range shards {
		s.mu.RLock()
		defer s.mu.RUnlock() // advice: lock-held
		use(s.n)
	}
}

func tries(shards []*shard) {
	for _, s := range shards {
		if !s.mu.TryLock() {
			continue
		}
		defer s.mu.Unlock() // advice: lock-held
		use(s)
	}
}

func readsOn(paths []string) {
	var r io.Reader
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return
		}
		defer f.Close() // advice: piles-up
		r = io.LimitReader(f, 9)
		use(r)
	}
}

func overFunc(each func(yield func(string) bool)) {
	for path := range each {
		f, err := os.Open(path)
		if err != nil {
			return
		}
		defer f.Close() // advice: piles-up
		use(f)
	}
}

// Kept.

func all(shards []*shard) (sum int) {
	for _, s := range shards {
		s.mu.Lock()
		defer s.mu.Unlock() // keeps: held-on-purpose
	}
	for _, s := range shards {
		sum += s.n
	}
	return sum
}

func ports(n int) (free []int) {
	for range n {
		l, err := net.Listen("tcp", "localhost:0")
		if err != nil {
			return nil
		}
		defer l.Close() // keeps: held-on-purpose
		free = append(free, l.Addr().(*net.TCPAddr).Port)
	}
	return free
}

func holds(n int) {
	for range n {
		l, err := net.Listen("tcp", "localhost:0")
		if err != nil {
			return
		}
		defer l.Close() // keeps: held-on-purpose
	}
	use(n)
}

func collects(paths []string) error {
	var readers []io.Reader
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close() // keeps: outlives-round
		readers = append(readers, bufio.NewReader(f))
	}
	_, err := io.Copy(io.Discard, io.MultiReader(readers...))
	return err
}

func maps(paths []string) {
	open := map[string]io.Reader{}
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return
		}
		defer f.Close() // keeps: outlives-round
		r := bufio.NewReader(f)
		open[path] = r
	}
	use(open)
}

func goroutines(paths []string, wg *sync.WaitGroup, out chan<- io.Reader) {
	defer wg.Wait()
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return
		}
		defer f.Close() // keeps: outlives-round
		go use(f)
	}
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return
		}
		defer f.Close() // keeps: outlives-round
		wg.Go(func() { use(f) })
	}
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return
		}
		defer f.Close() // keeps: outlives-round
		out <- f
	}
}

func literals(paths []string) (later []func()) {
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return nil
		}
		defer f.Close() // keeps: outlives-round
		go func() {
			_, _ = f.Write(nil)
		}()
	}
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return nil
		}
		defer f.Close() // keeps: outlives-round
		use(path)
		later = append(later, func() { _, _ = f.Write(nil) })
	}
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return nil
		}
		defer f.Close() // advice: piles-up
		func() {
			_, _ = f.Write(nil)
		}()
	}
	return later
}

type holder struct{ r io.ReadCloser }

func (h *holder) field(paths []string) {
	for _, path := range paths {
		var err error
		h.r, err = os.Open(path)
		if err != nil {
			continue
		}
		defer h.r.Close() // keeps: outlives-round
		use(h.r)
	}
}

func last(paths []string) {
	var f *os.File
	for _, path := range paths {
		var err error
		f, err = os.Open(path)
		if err != nil {
			return
		}
		defer f.Close() // keeps: outlives-round
		use(path)
	}
	use(f)
}

func byHand(paths []string) (err error) {
	for _, path := range paths {
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		closed := false
		defer func() { // keeps: released-by-hand
			if !closed {
				err = errors.Join(err, f.Close())
			}
		}()
		use(f)
		if err := f.Close(); err != nil {
			return err
		}
		closed = true
	}
	return nil
}

type started struct {
	server io.Closer
	err    error
}

func starts(results chan started, n int) {
	for range n {
		s := <-results
		if s.err != nil {
			panic(s.err)
		}
		defer s.server.Close() // keeps: held-on-purpose
	}
	use(n)
}

func few() {
	for _, name := range []string{"a", "b"} {
		f, err := os.Open(name)
		if err != nil {
			return
		}
		defer f.Close() // keeps: few-rounds
		use(f)
	}
	for range 3 {
		f, err := os.Open("a")
		if err != nil {
			return
		}
		defer f.Close() // keeps: few-rounds
		use(f)
	}
	for i := 0; i < 3; i++ {
		f, err := os.Open("a")
		if err != nil {
			return
		}
		defer f.Close() // keeps: few-rounds
		use(f)
	}
}

const some, extra = 4, 3

var names = []string{"a", "b"}

func fewByName() {
	list := []string{"a", "b", "c"}
	for _, name := range list {
		f, err := os.Open(name)
		if err != nil {
			return
		}
		defer f.Close() // keeps: few-rounds
		use(f)
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return
		}
		defer f.Close() // keeps: few-rounds
		use(f)
	}
	const n = 10
	for range n {
		f, err := os.Open("a")
		if err != nil {
			return
		}
		defer f.Close() // keeps: few-rounds
		use(f)
	}
	for i := 0; i < some+extra; i++ {
		f, err := os.Open("a")
		if err != nil {
			return
		}
		defer f.Close() // keeps: few-rounds
		use(f)
	}
}

var grown = []string{"a"}

func manyByName(more []string) {
	list := []string{"a", "b", "c"}
	list = append(list, more...)
	for _, name := range list {
		f, err := os.Open(name)
		if err != nil {
			return
		}
		defer f.Close() // advice: piles-up
		use(f)
	}
	grown = append(grown, more...)
	for _, name := range grown {
		f, err := os.Open(name)
		if err != nil {
			return
		}
		defer f.Close() // advice: piles-up
		use(f)
	}
	for range [100]int{} {
		f, err := os.Open("a")
		if err != nil {
			return
		}
		defer f.Close() // advice: piles-up
		use(f)
	}
	for range []int{99: 1} {
		f, err := os.Open("a")
		if err != nil {
			return
		}
		defer f.Close() // advice: piles-up
		use(f)
	}
}

func measured(b *testing.B) {
	for b.Loop() {
		f, err := os.Open("a")
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close() // advice: piles-up
	}
}

func opensLater(paths []string, first *os.File) (err error) {
	for _, path := range paths {
		f := first
		if path != "" {
			if f, err = os.Open(path); err != nil {
				return err
			}
			defer f.Close() // advice: piles-up
		}
		use(f)
	}
	return nil
}

// None of what follows is a finding.

func retries(address string) error {
	for range 3 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			time.Sleep(time.Second)
			continue
		}
		defer conn.Close()
		use(conn)
		return nil
	}
	return errors.New("no connection")
}

func first(paths []string) {
	for _, path := range paths {
		f, err := os.Open(path)
		if err == nil {
			defer f.Close()
			use(f)
			break
		}
	}
	for {
		f, err := os.Open("x")
		if err != nil {
			panic(err)
		}
		defer f.Close()
		use(f)
		return
	}
}

func own(paths []string, mu *sync.Mutex) {
	for _, path := range paths {
		func() {
			f, err := os.Open(path)
			if err != nil {
				return
			}
			defer f.Close()
			use(f)
		}()
		go func() {
			mu.Lock()
			defer mu.Unlock()
			use(path)
		}()
	}
}

func loopInside(mu *sync.Mutex, paths []string) {
	mu.Lock()
	defer mu.Unlock()
	for _, path := range paths {
		use(path)
	}
}

func others(wg *sync.WaitGroup, ctx context.Context, n int) {
	for range n {
		defer wg.Done()
		_, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel() // advice: piles-up
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop() // advice: piles-up
		use(ticker)
	}
}

func given(conns []net.Conn) {
	for _, conn := range conns {
		defer conn.Close()
		use(conn)
	}
	for i := range conns {
		conn := conns[i]
		defer conn.Close()
		use(conn)
	}
	for _, conn := range conns {
		if closer, ok := conn.(io.Closer); ok {
			defer closer.Close()
			use(conn)
		}
	}
}

func switches(n int, mu *sync.Mutex) {
	for {
		switch n {
		case 1:
			mu.Lock()
			defer mu.Unlock()
			return
		default:
			n--
		}
	}
}

// The flag lets it be locked once, until the function ends.
func lockedOnce(in <-chan int, s *shard) {
	locked := false
	for n := range in {
		if !locked {
			s.mu.Lock()
			defer s.mu.Unlock() // keeps: once
			locked = true
		}
		use(n)
	}
	for n := range in {
		if locked {
			use(n)
		} else {
			s.mu.RLock()
			defer s.mu.RUnlock() // keeps: once
			locked = true
		}
		use(n)
	}
	for n := range in {
		if !locked {
			s.mu.Lock()
			defer s.mu.Unlock() // advice: lock-held
			locked = n > 1
		}
		use(n)
	}
}

type broker struct{}

func dial(string) (*broker, error)      { return nil, nil }
func (b *broker) QueueSubscribe(string) {}
func (b *broker) Publish(string)        {}
func (b *broker) Close() error          { return nil }

// A subscription lasts as long as its connection.
func subscribers(urls []string) error {
	for _, url := range urls {
		b, err := dial(url)
		if err != nil {
			return err
		}
		defer b.Close() // keeps: outlives-round
		b.QueueSubscribe(url)
	}
	for _, url := range urls {
		b, err := dial(url)
		if err != nil {
			return err
		}
		defer b.Close() // advice: piles-up
		b.Publish(url)
	}
	return nil
}

// Another deferred call needs it as well.
func neededLater(paths []string) error {
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close() // keeps: outlives-round
		defer func(f *os.File, path string) { use(f.Name() + path) }(f, path)
		use(f.Fd())
	}
	return nil
}

type tracer struct{}

var global *tracer

func newTracer(string) (*tracer, *os.File) { return nil, nil }
func setGlobal(t *tracer)                  { global = t }

// What was given with it is kept, so it is needed until the function ends.
func tracers(flags []string) {
	for _, flag := range flags {
		t, closer := newTracer(flag)
		setGlobal(t)
		defer closer.Close() // keeps: outlives-round
	}
	for _, flag := range flags {
		t, closer := newTracer(flag)
		defer closer.Close() // advice: piles-up
		use(t)
	}
}
