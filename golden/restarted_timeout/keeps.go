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
		case <-time.After(limit):
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
