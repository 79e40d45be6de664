package gosched

import "runtime"

// The closed channel is noticed.
func receivesUntilClosed(x *entry, use func(int)) {
	for {
		job, ok := <-x.work
		if !ok {
			return
		}
		use(job)
		runtime.Gosched() // unsafe: communicates
	}
}

func selectsUntilDone(x *entry, ticks <-chan int, use func(int)) {
	for {
		select {
		case tick := <-ticks:
			use(tick)
		case job, ok := <-x.work:
			if !ok {
				return
			}
			use(job)
		case <-x.done():
			return
		}
		runtime.Gosched() // unsafe: communicates
	}
}
