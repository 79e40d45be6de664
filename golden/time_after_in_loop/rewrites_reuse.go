package time_after_in_loop

import "time"

// A timer that is used for something else is not taken.
func otherTimers(stop <-chan int) {
	total := time.NewTimer(time.Minute)
	defer total.Stop()
	handed := time.NewTimer(time.Minute)
	defer handed.Stop()
	func() { handed.Reset(interval) }()
	kept := time.NewTimer(time.Minute)
	defer kept.Stop()
	channel := kept.C
	for {
		kept.Reset(interval)
		select {
		case <-channel:
		case <-total.C:
			return
		case <-time.After(interval):
		}
		select {
		case <-stop:
			return
		case <-time.After(interval):
			<-handed.C
		}
	}
}

// The author's own is as good as ours, where it is reset before each wait.
func ownTimer(stop <-chan int) {
	own := time.NewTimer(interval)
	defer own.Stop()
	for {
		own.Reset(time.Minute)
		select {
		case <-own.C:
			select {
			case <-stop:
				return
			case <-time.After(interval):
			}
		case <-stop:
		}
		own.Reset(time.Minute)
		select {
		case <-own.C:
		case <-time.After(interval):
		}
	}
}

// A timer of a block is not known behind it, one of a literal not outside.
func scopes(stop <-chan int) {
	if len(stop) > 0 {
		for {
			select {
			case <-stop:
				return
			case <-time.After(interval):
			}
		}
	}
	func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(interval):
			}
		}
	}()
	for {
		select {
		case <-stop:
			return
		case <-time.After(interval):
		}
	}
}
