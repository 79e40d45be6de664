package time_after_sleep

import "time"

func pause(d time.Duration) {
	<-time.After(d)
}

func retry(try func() error) error {
	var err error
	for i := range 3 {
		if err = try(); err == nil {
			return nil
		}
		<-time.After(time.Duration(i) * 100 * time.Millisecond) // back off
	}
	return err
}

func inLine() { <-time.After(time.Second) }

func slots(n int) {
	for i := 0; i < n; <-time.After(time.Second) {
		i++
	}
	if <-time.After(1); n > 0 {
		return
	}
	switch <-(time.After(2)); {
	case n < 0:
		(<-time.After(3))
	default:
	here:
		<-time.After(4)
		if n--; n > 0 {
			goto here
		}
	}
	<-time.After(
		// A moment.
		5 * time.Second,
	)
	defer func() { <-time.After(time.Duration(n)) }()
}
