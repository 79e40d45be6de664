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
