package restarted_timeout

import (
	"testing"
	"time"
)

func TestTimeAfter(t *testing.T) {
	for {
		select {
		case <-time.After(tick):
		case <-time.After(limit): // keeps: is-the-subject
			return
		}
	}
}
