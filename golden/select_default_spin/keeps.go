package selectdefaultspin

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"
)

// 10: a load generator.
func burn(quit chan bool) {
	for {
		select {
		case <-quit:
			return
		default: // keeps: meant-to-spin
		}
	}
}

func burnInBackground(kick chan int) (stop chan bool) {
	stop = make(chan bool)
	go func() {
		for {
			select {
			case <-kick:
				use(kick)
			case <-stop:
				return
			default: // keeps: meant-to-spin
			}
		}
	}()
	return stop
}

func trade(in, quit chan int) {
	// Parking costs too much latency here.
	for {
		select {
		case v := <-in:
			use(v)
		case <-quit:
			return
		default: // keeps: meant-to-spin
		}
	}
}

func told(in, quit chan int) {
	for {
		select {
		case v := <-in:
			use(v)
		case <-quit:
			return
		default: // keeps: meant-to-spin
			// Spins on purpose.
		}
	}
}

func condition(running *atomic.Bool, in chan int) {
	for running.Load() {
		select {
		case v := <-in:
			use(v)
		default: // advice: loop-condition
		}
	}
}

func erring(ctx context.Context, in chan int) {
	for ctx.Err() == nil {
		select {
		case v := <-in:
			use(v)
		default: // advice: loop-condition
		}
	}
}

// None of what follows is a finding.

func givesUp(ready *atomic.Bool) {
	timeout := time.After(time.Second)
	for !ready.Load() {
		select {
		case <-timeout:
			return
		default:
		}
	}
}

func drains(in chan int) {
	for len(in) > 0 {
		select {
		case <-in:
		default:
		}
	}
}

func drainsAll(in chan int) {
	for {
		select {
		case v := <-in:
			use(v)
		default:
			return
		}
	}
}

func broadcasts(subscribers []chan int) {
	for _, subscriber := range subscribers {
		select {
		case subscriber <- 1:
		default:
		}
	}
	for i := 0; i < 3; i++ {
		select {
		case <-subscribers[0]:
		default:
		}
	}
	for i := 0; ; i++ {
		select {
		case <-subscribers[i]:
			return
		default:
		}
	}
}

func works(in chan int, quit chan bool) {
	for {
		select {
		case <-quit:
			return
		default:
		}
		use(in)
	}
}

func worksInDefault(in chan int, quit chan bool) {
	n := 0
	for {
		select {
		case <-quit:
			return
		default:
			n++
			runtime.Gosched()
		}
	}
}

func sleeps(in chan int) {
	for {
		select {
		case v := <-in:
			use(v)
		default:
			time.Sleep(time.Millisecond)
		}
	}
}

func oneShot(in chan int) bool {
	select {
	case <-in:
		return true
	default:
	}
	return false
}

func leaves(in chan int) {
outer:
	for {
		for {
			select {
			case v := <-in:
				use(v)
			default:
				continue outer
			}
		}
	}
}

func breaksOut(in chan int) {
loop:
	for {
		select {
		case v := <-in:
			use(v)
		default:
			break loop
		}
	}
}

func nothing() {
	for {
		select {
		default:
		}
	}
}

func waits(in chan int) {
	for {
		select {
		case v := <-in:
			select {
			case <-in:
			default:
			}
			use(v)
		}
	}
}

func literal(in chan int) {
	for {
		func() {
			select {
			case v := <-in:
				use(v)
			default:
			}
		}()
	}
}
