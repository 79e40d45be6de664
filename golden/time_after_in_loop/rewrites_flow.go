package time_after_in_loop

import "time"

// Each goroutine has a timer of its own.
func workers(jobs <-chan int) {
	for range 3 {
		go func() {
			for {
				select {
				case job := <-jobs:
					work(job)
				case <-time.After(interval):
					return
				}
			}
		}()
	}
}

// The select is left to the next clause, and the loop goes on from there.
func through(stop, rows <-chan int) {
	for row := range rows {
		switch {
		case row > 0:
			select {
			case <-stop:
				work(0)
			case <-time.After(interval):
			}
			fallthrough
		case row < 0:
			work(row)
		default:
			work(1)
		}
	}
}

// Only the inner loop is left at once; the outer one comes back.
func outerComesBack(messages <-chan int, rows []int) {
	for range rows {
		for {
			select {
			case <-messages:
			case <-time.After(interval):
			}
			break
		}
	}
}

// One path goes round again.
func onePath(messages <-chan int, again func() bool) int {
	for {
		select {
		case message := <-messages:
			if again() {
				continue
			}
			return message
		case <-time.After(interval):
			return 0
		}
	}
}

func structField(stop <-chan int) any {
	return struct{ run func() }{
		run: func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(interval):
				}
			}
		},
	}
}
