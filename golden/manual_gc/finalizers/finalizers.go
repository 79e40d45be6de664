package finalizers

import "runtime"

func drop(handles map[int]*handle) {
	clear(handles)
	runtime.GC() // keeps: drives-finalizers
}
