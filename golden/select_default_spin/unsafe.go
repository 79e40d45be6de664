package selectdefaultspin

import (
	"context"
	rt "runtime"
	"sync/atomic"
	"time"
)

type server struct {
	in   chan int
	quit chan struct{}
}

func (s *server) current() chan int { return s.in }

func (s *server) serve() {
	for {
		select {
		case v := <-s.in:
			use(v)
		case <-s.quit:
			return
		default: // unsafe: operand-read-anew
		}
	}
}

// 10
func publish(state *atomic.Int64, quit chan bool) {
	out := make(chan int64)
	go use(out)
	for {
		select {
		case out <- state.Load():
		case <-quit:
			return
		default: // unsafe: operand-read-anew
		}
	}
}

// 10
func follows(s *server) {
	for {
		select {
		case v := <-s.current():
			use(v)
		case <-s.quit:
			return
		default: // unsafe: operand-read-anew
		}
	}
}

// 10
func times(in chan int, d time.Duration) {
	for {
		select {
		case v := <-in:
			use(v)
		case <-time.After(d):
			return
		default: // unsafe: operand-read-anew
		}
	}
}

func cancelled(ctx context.Context, in chan int) {
	for {
		select {
		case v := <-in:
			use(v)
		case <-ctx.Done():
			return
		default: // unsafe: operand-read-anew
		}
	}
}

func parameters(in <-chan int, quit <-chan bool) {
	for {
		select {
		case v := <-in:
			use(v)
		case <-quit:
			return
		default: // unsafe: may-be-nil
		}
	}
}

func shadowed() {
	make := func(c chan int) chan int { return c }
	in := make(nil)
	for {
		select {
		case v := <-in:
			use(v)
		default: // unsafe: may-be-nil
		}
	}
}

func declared() {
	var in chan int
	for {
		select {
		case v := <-in:
			use(v)
		default: // unsafe: may-be-nil
		}
	}
}

func reassigned() {
	in, quit := make(chan int), make(chan bool)
	go use(in)
	go use(quit)
	for {
		select {
		case v, ok := <-in:
			if !ok {
				in = nil
			}
			use(v)
		case <-quit:
			return
		default: // unsafe: operand-read-anew
		}
	}
}

func pointed(set func(*chan int)) {
	in := make(chan int)
	set(&in)
	for {
		select {
		case v := <-in:
			use(v)
		default: // unsafe: operand-read-anew
		}
	}
}

func counts() {
	out, quit, n := make(chan int), make(chan bool), 0
	go use(out)
	go use(quit)
	for {
		select {
		case out <- n:
			n++
		case <-quit:
			return
		default: // unsafe: operand-read-anew
		}
	}
}

// A case that only leaves: the loop waits, or keeps a processor busy.
func stop() {
	quit := make(chan bool)
	go use(quit)
	for {
		select {
		case <-quit:
			return
		default: // unsafe: lone-stop
		}
	}
}

func pinned() {
	rt.LockOSThread()
	in, quit := make(chan func()), make(chan bool)
	go use(in)
	go use(quit)
	for {
		select {
		case f := <-in:
			f()
		case <-quit:
			return
		default: // unsafe: locked-thread
		}
	}
}

func yields() {
	in, quit := make(chan int), make(chan bool)
	go use(in)
	go use(quit)
	for {
		select {
		case v := <-in:
			use(v)
		case <-quit:
			return
		default: // unsafe: yields
			rt.Gosched()
		}
	}
}

// The loop runs until it is told to stop, by whomever: it may be a load.
func stops() {
	done, quit := make(chan bool), make(chan bool)
	go use(done)
	go use(quit)
	for {
		select {
		case <-done:
			return
		case <-quit:
			return
		default: // unsafe: lone-stop
		}
	}
}

func ownTruth() {
	out, quit := make(chan bool), make(chan bool)
	true := false
	go func() {
		<-quit
		true = <-out
	}()
	for {
		select {
		case out <- true:
			use(out)
		case <-quit:
			return
		default: // unsafe: operand-read-anew
		}
	}
}

func partOf() {
	var j job
	out, quit := make(chan job), make(chan bool)
	go func() {
		time.Sleep(time.Millisecond)
		j.id = 7
		use(<-out)
		close(quit)
	}()
	for {
		select {
		case out <- j:
		case <-quit:
			return
		default: // unsafe: operand-read-anew
		}
	}
}

// Parentheses change nothing.
func parentheses() {
	n := 0
	out, quit := make(chan int), make(chan bool)
	go func() {
		(n)++
		use(<-out)
		close(quit)
	}()
	for {
		select {
		case out <- n:
		case <-quit:
			return
		default: // unsafe: operand-read-anew
		}
	}
}

func nilled() {
	in, quit := make(chan int), make(chan bool)
	go func() {
		(in) = nil
		close(quit)
	}()
	for {
		select {
		case v := <-in:
			use(v)
		case <-quit:
			return
		default: // unsafe: operand-read-anew
		}
	}
}
