// Without a go line the module is one of Go 1.16: its timers have to be
// stopped and drained.
package nogoline

import "time"

func serve(work <-chan int, done <-chan struct{}) int {
	sum := 0
	for {
		select {
		case n := <-work:
			sum += n
		case <-time.After(time.Minute):
			return sum
		case <-done:
			return -1
		}
	}
}
