package names

import "time"

func taken(timer int, stop <-chan int) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(time.Second):
		}
	}
}

func deeper(stop <-chan int) {
	for {
		select {
		case timer := <-stop:
			_ = timer
			return
		case <-time.After(time.Second):
			timeout := 1
			_ = timeout
		}
	}
}

type fields struct{ timer, timeout int }

func (f fields) free(stop <-chan int) int {
	for {
		select {
		case <-stop:
			return f.timer + f.timeout
		case <-time.After(time.Second):
		}
	}
}
