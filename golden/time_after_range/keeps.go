package time_after_range

import "time"

func look(int) {}

func rounds(d time.Duration, n int) {
	for range time.After(d) { // advice: one-value
		look(n)
	}
	for now := range time.After(d) { // advice: one-value
		if now.IsZero() {
			break
		}
	}
	for range time.NewTimer(d).C { // advice: one-value
		look(n)
	}
	due := time.After(d) // advice: one-value
	for range due {
		look(n)
	}
	var late, m = time.After(d), 1 // advice: one-value
	for range late {
		look(m)
	}
}

// No findings from here on.

func once(d time.Duration) {
	for range time.After(d) {
		look(1)
		break
	}
	for range time.After(d) {
		return
	}
}

func others(d time.Duration, in chan time.Time) {
	for range time.Tick(d) {
		look(1)
	}
	for range time.NewTicker(d).C {
		look(1)
	}
	channel := time.After(d)
	channel = in
	for range channel {
		look(2)
	}
	timer := time.NewTimer(d)
	for range timer.C {
		timer.Reset(d)
	}
	for range []<-chan time.Time{time.After(d)} {
		look(3)
	}
}

type clock struct{}

func (clock) After(time.Duration) <-chan int { return nil }

func fake(time clock) {
	for range time.After(1) {
		look(4)
	}
}
