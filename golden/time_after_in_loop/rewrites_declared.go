package time_after_in_loop

import "time"

// A channel that is made right before its select is as if it were made in it.
func declared(stop <-chan int, next func() time.Duration) {
	for {
		// How long depends.
		wait := time.After(next())
		select {
		case <-stop:
			return
		case now := <-wait:
			work(now.Second())
		}
	}
}

func declaredByVar(stop <-chan int) {
	for {
		var timer = /* of this round */ time.After(interval) // not for ever

		// Whichever is first.
		select {
		case <-stop:
			return
		case <-timer:
		}
	}
}

func declaredWithType(stop <-chan int) {
	for {
		var limit <-chan time.Time = (time.After(interval))
	wait:
		select {
		case <-stop:
			break wait
		case <-limit:
		}
	}
}

// Something stands between, it is used twice, or beside another.
func apart(stop <-chan int) {
	for {
		one := time.After(interval) // keeps: stored-briefly
		work(1)
		select {
		case <-stop:
			return
		case <-one:
		}
		two := time.After(interval) // keeps: stored-briefly
		select {
		case <-stop:
			return
		case <-two:
		case <-two:
		}
		three, n := time.After(interval), 1 // keeps: stored-briefly
		select {
		case <-stop:
			return
		case <-three:
			work(n)
		}
	}
}
