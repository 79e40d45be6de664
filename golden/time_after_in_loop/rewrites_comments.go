package time_after_in_loop

import "time"

// What looks like a comment above the loop is the end of a string.
func rawString(stop <-chan int) string {
	text := `the first line
// the last line`
	for {
		work(len(text))
		text := `another
// one`
		select {
		case <-stop:
			return text
		case <-time.After(interval):
		}
	}
}

func blockComments(stop <-chan int) {
	/* Until it stops. */
	for {
		/* Wait. */ select {
		case <-stop: /* at once */
			return
		case /* or */ <-time.After( /* about */ interval) /* later */ :
			// Nothing.
		}
	}
}

/* nothing */

func firstLine(stop <-chan int) {
	// In a function that is a loop.
	for {
		//nolint:gosimple // one case is enough
		select {
		case <-time.After(interval):
		}
	}
	// The end.
}

func aligned(stop <-chan int) {
	rounds := 1 // one
	n := 1      // at first
	for {       // as long as it takes
		n += rounds // more
		select {    // wait
		case <-stop: // at once
			return // now
		case <-time.After(interval): // later
			n++ // more
		}
	}
}
