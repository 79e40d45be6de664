package seldom_report

import "time"

type server struct{ period time.Duration }

// Reported where gomend.toml asks for it.
func (s *server) run(stop <-chan int, poll func()) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(s.period):
			poll()
		}
	}
}
