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
