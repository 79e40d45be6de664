package restarted_timeout

import (
	"errors"
	"time"
)

const (
	tick  = time.Second
	limit = 5 * tick
)

var errLate = errors.New("late")

func look() {}

func ticker(stop <-chan int) error {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return nil
		case <-ticker.C:
			look()
		case <-time.After(limit): // advice: never-fires
			return errLate
		}
	}
}

func spellings(stop <-chan int) error {
	var second = time.Tick(time.Duration(1e9))
	t := (time.NewTicker(tick))
	for {
		select {
		case <-second:
		case <-time.After(tick + 1): // advice: never-fires
			return errLate
		}
		select {
		case <-(time.After(tick)):
			look()
		case <-(time.After(limit)): // advice: never-fires
			return errLate
		}
		select {
		case now := <-(t.C):
			if now.IsZero() {
				return nil
			}
		case <-time.After(2 * time.Second): // advice: never-fires
			return errLate
		}
		select {
		case <-time.Tick(tick):
		case <-time.After(limit): // advice: never-fires
		}
		select {
		case <-time.NewTicker(tick).C:
		case <-time.After(limit): // advice: never-fires
		}
	}
}

// No findings from here on.

func leaves(stop <-chan int) error {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			look()
		case <-ticker.C:
			return nil
		case <-time.After(limit):
			return errLate
		}
	}
}

func longer(stop <-chan int) error {
	ticker := time.NewTicker(limit)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
		case <-ticker.C:
		case <-time.After(tick):
			return errLate
		case <-time.After(tick):
			return nil
		}
	}
}

func unknown(every time.Duration, other *time.Ticker, events <-chan int) error {
	ticker := time.NewTicker(every)
	reset := time.NewTicker(tick)
	for {
		select {
		case <-ticker.C:
		case <-other.C:
		case <-events:
		case <-time.After(limit): // advice: fires-when-shorter
			return errLate
		}
		select {
		case <-ticker.C:
		case <-time.After(every):
		}
		select {
		case <-reset.C:
			reset.Reset(every)
		case <-time.After(limit):
		}
	}
}

func noLoop() {
	ticker := time.NewTicker(tick)
	select {
	case <-ticker.C:
	case <-time.After(limit):
	}
}

var (
	patience  = time.Duration(15 * time.Second)
	lateTick  = time.Second
	Published = time.Minute
)

func setTick(d time.Duration) { lateTick = d }

// Variables that nothing writes are as good as constants.
func variables() error {
	every := 500 * time.Millisecond
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	late := time.NewTicker(lateTick)
	for {
		select {
		case <-ticker.C:
			look()
		case <-time.After(patience): // advice: never-fires
			return errLate
		}
		select {
		case <-late.C:
			look()
		case <-time.After(time.Millisecond): // advice: fires-when-shorter
			return errLate
		}
		select {
		case <-ticker.C:
			look()
		case <-time.After(Published): // advice: fires-when-shorter
			return errLate
		}
		select {
		case <-ticker.C:
			look()
		case <-time.After(time.Millisecond):
			return errLate
		}
	}
}

type waiter struct {
	timeout, left time.Duration
}

func (w *waiter) wait(timeout, every time.Duration, ready func() bool) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if ready() {
				return nil
			}
		case <-time.After(timeout): // advice: fires-when-shorter
			return errLate
		}
		select {
		case <-time.After(10 * time.Millisecond):
			if ready() {
				return nil
			}
		case <-time.After(w.timeout): // advice: fires-when-shorter
			return errLate
		}
		select {
		case <-ticker.C:
			look()
		case <-time.After(3 * every): // advice: never-fires
			look()
		}
	}
}

// No findings: what is left until a deadline, what the loop counts down, and a pause of its own.
func (w *waiter) counted(timeout time.Duration, deadline time.Time, jitter func() time.Duration) error {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	rest := timeout
	for {
		left := time.Until(deadline)
		select {
		case <-ticker.C:
		case <-time.After(left):
			return errLate
		}
		select {
		case <-ticker.C:
			rest -= tick
			w.left -= tick
		case <-time.After(rest):
			return errLate
		}
		select {
		case <-ticker.C:
		case <-time.After(w.left):
			return errLate
		}
		select {
		case <-ticker.C:
		case <-time.After(time.Until(deadline)):
			return errLate
		}
		select {
		case <-ticker.C:
		case <-time.After(jitter()):
			return errLate
		}
		select {
		case <-ticker.C:
			look()
		case <-time.After(timeout):
			look()
		}
	}
}
