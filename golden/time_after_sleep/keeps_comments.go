package time_after_sleep

import "time"

func divided(d time.Duration) {
	<-( /* // keeps: comment
	lines */time.After(d))
}
