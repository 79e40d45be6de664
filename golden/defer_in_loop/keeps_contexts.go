package deferinloop

import (
	"context"
	"errors"
	"time"
)

func ask(context.Context, string) error                      { return nil }
func dialStream(context.Context, string) (*ctxStream, error) { return nil, nil }
func (s *ctxStream) next(ctx context.Context) (int, error)   { return 0, ctx.Err() }

type ctxStream struct{}

// Each context, and its timer, stays until the function ends.
func contexts(ctx context.Context, hosts []string) error {
	for _, host := range hosts {
		limited, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel() // advice: piles-up
		if err := ask(limited, host); err != nil {
			return err
		}
	}
	for {
		attempt, cancelAttempt := context.WithCancel(ctx)
		defer cancelAttempt() // advice: piles-up
		if errors.Is(ask(attempt, "again"), context.Canceled) {
			return nil
		}
	}
}

func pauses(ctx context.Context, hosts []string) error {
	for _, host := range hosts {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop() // advice: piles-up
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
		if err := ask(ctx, host); err != nil {
			return err
		}
	}
	return nil
}

// What was opened with the context is needed later, and so is the context.
func streams(ctx context.Context, hosts []string) (all []*ctxStream) {
	for _, host := range hosts {
		limited, cancel := context.WithCancel(ctx)
		defer cancel() // keeps: outlives-round
		one, err := dialStream(limited, host)
		if err != nil {
			continue
		}
		all = append(all, one)
	}
	for _, host := range hosts {
		limited, cancel := context.WithCancel(ctx)
		defer cancel() // keeps: outlives-round
		go func() { _ = ask(limited, host) }()
	}
	for _, host := range hosts {
		limited, cancel := context.WithCancel(ctx)
		defer cancel() // keeps: released-by-hand
		if ask(limited, host) != nil {
			return nil
		}
		cancel()
	}
	return all
}

func workers(ctx context.Context, hosts []string) {
	for _, host := range hosts {
		var (
			failed          = make(chan error, 1)
			limited, cancel = context.WithCancel(ctx)
		)
		defer cancel() // keeps: outlives-round
		go func() { failed <- ask(limited, host) }()
	}
}

// No findings: the loop is left, or the iteration is a function of its own.
func alone(ctx context.Context, hosts []string, cancels []func()) error {
	for _, host := range hosts {
		func() {
			limited, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			_ = ask(limited, host)
		}()
	}
	for _, cancel := range cancels {
		defer cancel()
	}
	for {
		limited, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		return ask(limited, "once")
	}
}
