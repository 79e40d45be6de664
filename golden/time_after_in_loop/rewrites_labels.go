package time_after_in_loop

import "time"

func labelled(rows []int, stop <-chan int) {
	// Each row.
outer:
	for _, row := range rows {
		for {
			select {
			case <-stop:
				break outer
			case <-time.After(interval):
				if row > 0 {
					continue outer
				}
				continue
			}
		}
	}
}

func onlyStatement(stop <-chan int) {
L:
	for {
		select {
		case <-stop:
			break L
		case <-time.After(interval):
		}
	}
}

func labelledSelect(stop <-chan int, full bool) {
	for {
		work(0)
		// Wait.
	wait:
		select {
		case <-stop:
			if full {
				break wait
			}
			return
		case <-time.After(interval):
		}
		work(1)
	}
}

// A `goto` that stays on one side of the declaration is no harm.
func elsewhere(stop <-chan int, n int) {
before:
	if n > 0 {
		n--
		goto before
	}
	for {
	again:
		work(n)
		select {
		case <-stop:
			goto out
		case <-time.After(interval):
			n++
			if n < 3 {
				goto again
			}
		}
	}
out:
	work(n)
}

// The label of the loop itself stands behind the declaration.
func restarted(stop <-chan int, n int) {
loop:
	for {
		select {
		case <-stop:
			return
		case <-time.After(interval):
			n++
			goto loop
		}
	}
}

func inLiteral(stop <-chan int) {
	for {
		go func() {
		again:
			work(1)
			if len(stop) > 0 {
				goto again
			}
		}()
		select {
		case <-stop:
			return
		case <-time.After(interval):
		}
	}
}

func labelledTwice(stop <-chan int) {
	if len(stop) == 0 {
	first:
	second:
		for {
			select {
			case <-stop:
				goto first
			case <-time.After(interval):
				continue second
			}
		}
	}
}
