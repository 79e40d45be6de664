package time_after_sleep

import "time"

func commented(d time.Duration, n int) {
	<-time.After(d)            // behind
	<- /* why */ time.After(d) // behind
	<-time.After /* to */ (d)
	<-time.After( /* most */ d /* of it */)
	( /* a */ <-time.After(d) /* b */)
	// Above.
	<-( // not so long
	time.After(d))
	if n > 0 {
		<-(time.After(d) /* all */)
	}
}
