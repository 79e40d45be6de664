package time_after_sleep

import . "time"

func hidden(Sleep int) {
	<-After(Duration(Sleep)) // keeps: not-nameable
}

type clock struct{}

func (clock) After(Duration) <-chan Time { return nil }

func fake(time clock) {
	<-time.After(1)
}

func received() Time {
	return <-After(1)
}

// No findings: the value is used, or the channel is waited for beside others.
func used(other <-chan Time, out chan<- Time) {
	var last Time
	last = <-After(1)
	out <- <-After(2)
	select {
	case <-After(3):
	case last = <-other:
	}
	after := After
	<-after(4)
	_ = last
}
