package time_after_in_loop

import "time"

func explainedWait(stop <-chan int) {
	// Until it stops.
	for {
		work(1)

		// The wait is short,
		// as measured.
		select {
		case <-stop:
			return
		case <-time.After(interval):
		}

		// What comes late is lost.
		//nolint:staticcheck // on purpose
		select {
		case <-stop:
		case /* b */ <-time.After /* d */ ( /* e */ interval /* f */) /* g */ :
		}
	}
}
