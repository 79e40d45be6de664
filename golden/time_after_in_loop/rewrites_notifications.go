package time_after_in_loop

import (
	"net/http"
	"time"
)

// A method that hands out the channel of an event does nothing besides.
func notified(w http.CloseNotifier, member struct{ Server http.CloseNotifier }) {
	for {
		select {
		case <-w.CloseNotify():
			return
		case <-member.Server.CloseNotify():
			return
		case <-time.After(interval):
		}
	}
}
