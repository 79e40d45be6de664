package lines

import ("runtime"; "sync/atomic")

type file struct{ buffer [64]byte }; var filesLeaked atomic.Int64

func newFile() *file {
	f := new(file); runtime.SetFinalizer(f, func(*file) { filesLeaked.Add(1) }); f.buffer[0] = 1
	return f
}

func filesGone() int64 { return filesLeaked.Load() }; func filesTwice() int64 { n := filesLeaked.Load(); return n * 2 }
