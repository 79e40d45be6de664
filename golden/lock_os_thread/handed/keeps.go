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
	/* faster */ runtime.LockOSThread() // keeps: runs-foreign-code (faster)
	defer runtime.UnlockOSThread()
	w.Stop()
}

func (w *worker) callback(items []int) {
	/* faster */ runtime.LockOSThread() // keeps: runs-foreign-code (faster)
	defer runtime.UnlockOSThread()
	sort.Slice(items, w.less)
}

func named(run handler) {
	/* faster */ runtime.LockOSThread() // keeps: runs-foreign-code (faster)
	defer runtime.UnlockOSThread()
	var once sync.Once
	once.Do(run)
}

func renamed(run func()) {
	/* faster */ runtime.LockOSThread() // keeps: runs-foreign-code (faster)
	defer runtime.UnlockOSThread()
	other := run
	var once sync.Once
	once.Do(other)
}

func walks(items iter.Seq[int]) (sum int) {
	/* faster */ runtime.LockOSThread() // keeps: runs-foreign-code (faster)
	defer runtime.UnlockOSThread()
	for item := range items {
		sum += item
	}
	return sum
}

func walksPlain(items func(yield func(int) bool)) (sum int) {
	/* faster */ runtime.LockOSThread() // keeps: runs-foreign-code (faster)
	defer runtime.UnlockOSThread()
	for item := range items {
		sum += item
	}
	return sum
}

func sorts(items sort.Interface) {
	/* faster */ runtime.LockOSThread() // keeps: runs-foreign-code (faster)
	defer runtime.UnlockOSThread()
	sort.Sort(items)
}

func locks(mu sync.Locker) {
	/* faster */ runtime.LockOSThread() // keeps: runs-foreign-code (faster)
	defer runtime.UnlockOSThread()
	mu.Lock()
	defer mu.Unlock()
}

func constrained[T interface{ Done() }](value T) {
	/* faster */ runtime.LockOSThread() // keeps: runs-foreign-code (faster)
	defer runtime.UnlockOSThread()
	value.Done()
}

func indirectly(w *worker) {
	/* faster */ runtime.LockOSThread() // keeps: runs-foreign-code (faster)
	defer runtime.UnlockOSThread()
	var once sync.Once
	once.Do(w.field)
}
