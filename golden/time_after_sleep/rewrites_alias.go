package time_after_sleep

import tm "time"

func alias() {
	<-(tm.After(tm.Second))
	<-tm.After(1)
}
