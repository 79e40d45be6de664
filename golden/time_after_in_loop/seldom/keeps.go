package seldom

import "time"

const period = 2 * time.Minute

func poll() {}

func periodic(stop <-chan int, each time.Duration) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(period): // keeps: seldom
			poll()
		}
	}
}

func periodicWithAnother(stop <-chan int) {
	for {
		select {
		case <-stop:
			panic("stopped")
		case <-time.After(time.Millisecond): // keeps: seldom
			poll()
		case <-time.After(time.Hour): // keeps: seldom
		}
	}
}
