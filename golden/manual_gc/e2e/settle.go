package settle

import "runtime"

func after(work func()) {
	work()
	runtime.GC() // keeps: test-code
}
