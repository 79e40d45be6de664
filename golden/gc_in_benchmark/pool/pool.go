package pool

import "sync"

var buffers = sync.Pool{New: func() any { return new([64]byte) }}

func work() { buffers.Put(buffers.Get()) }
