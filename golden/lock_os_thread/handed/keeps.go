package handed

import (
	"iter"
	"runtime"
	"sort"
	"sync"
)

type handler func()

type worker struct {
	Stop func()
	less func(i, j int) bool
}

func (w *worker) field() {
	runtime.LockOSThread() // keeps: runs-foreign-code
	defer runtime.UnlockOSThread()
	w.Stop()
}

func (w *worker) callback(items []int) {
	runtime.LockOSThread() // keeps: runs-foreign-code
	defer runtime.UnlockOSThread()
	sort.Slice(items, w.less)
}

func named(run handler) {
	runtime.LockOSThread() // keeps: runs-foreign-code
	defer runtime.UnlockOSThread()
	var once sync.Once
	once.Do(run)
}

func renamed(run func()) {
	runtime.LockOSThread() // keeps: runs-foreign-code
	defer runtime.UnlockOSThread()
	other := run
	var once sync.Once
	once.Do(other)
}

func walks(items iter.Seq[int]) (sum int) {
	runtime.LockOSThread() // keeps: runs-foreign-code
	defer runtime.UnlockOSThread()
	for item := range items {
		sum += item
	}
	return sum
}

func walksPlain(items func(yield func(int) bool)) (sum int) {
	runtime.LockOSThread() // keeps: runs-foreign-code
	defer runtime.UnlockOSThread()
	for item := range items {
		sum += item
	}
	return sum
}

func sorts(items sort.Interface) {
	runtime.LockOSThread() // keeps: runs-foreign-code
	defer runtime.UnlockOSThread()
	sort.Sort(items)
}

func locks(mu sync.Locker) {
	runtime.LockOSThread() // keeps: runs-foreign-code
	defer runtime.UnlockOSThread()
	mu.Lock()
	defer mu.Unlock()
}

func constrained[T interface{ Done() }](value T) {
	runtime.LockOSThread() // keeps: runs-foreign-code
	defer runtime.UnlockOSThread()
	value.Done()
}

func indirectly(w *worker) {
	runtime.LockOSThread() // keeps: runs-foreign-code
	defer runtime.UnlockOSThread()
	var once sync.Once
	once.Do(w.field)
}
