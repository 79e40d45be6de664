package spec

import (
	"time"

	"github.com/onsi/ginkgo/v2"
)

func watch(events <-chan int, fail func(string)) {
	ginkgo.It("is seen", func() {
		for seen := false; !seen; {
			select {
			case event := <-events:
				seen = event > 1
			case <-time.After(30 * time.Second): // keeps: in-a-spec
				fail("timed out")
			}
		}
	})
}
