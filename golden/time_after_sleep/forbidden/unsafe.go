package forbidden

import "time"

func pause(d time.Duration) {
	<-time.After(d) // unsafe: forbidden
}
