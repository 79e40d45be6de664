package selectdefaultspin

import "sync"

type job struct{ id int }

func use(any) {}

// The exercise, with channels that are made here.
func workers(process func(job)) {
	work := make(chan job)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case j := <-work:
				process(j)
			case <-done:
				return
			default:
				// spin — keep polling
			}
		}
	}()
	work <- job{1}
	close(done)
}

// One case that goes on is work, not a stop.
func lone(process func(job)) chan<- job {
	var work = make(chan job, 8)
	go func() {
		for {
			select {
			case j := <-work:
				process(j)
			default:
			}
		}
	}()
	return work
}

func first() {
	in, quit := make(chan int), make(chan bool)
	go use(in)
	go use(quit)
	for {
		select {
		default:
		case v := <-in:
			use(v)
		case <-quit:
			return
		}
	}
}

func between() {
	in, quit := make(chan int), make(chan bool)
	go use(in)
	go use(quit)
	for {
		select {
		case v := <-in:
			use(v)

		// Nothing to do.
		default: // go on
			// Try again,
			// and again.

		// It is over.
		case <-quit:
			return
		}
	}
}

func labels() {
	in, quit := make(chan int), make(chan bool)
	go use(in)
	go use(quit)
loop:
	for {
	again:
		select {
		case v, ok := <-in:
			if !ok {
				break loop
			}
			if v == 0 {
				break again
			}
			use(v)
		case <-quit:
			break loop
		default:
			continue loop
		}
	}
}

func jumps() {
	in, quit := make(chan int), make(chan bool)
	go use(in)
	go use(quit)
	for {
		select {
		case v := <-in:
			use(v)
		case <-quit:
			return
		default:
			continue
		}
	}
}

func breaks() {
	in, quit := make(chan int), make(chan bool)
	go use(in)
	go use(quit)
	for true {
		select {
		case v := <-in:
			use(v)
		case <-quit:
			return

		default:
			break
		}
	}
}

// What is sent is a constant, or a variable that keeps its value.
func sends(start int) {
	const last = 9
	out, token, quit := make(chan int), make(chan struct{}), make(chan bool)
	go use(out)
	go use(token)
	go use(quit)
	for {
		select {
		case out <- start:
		case out <- last:
		case out <- 1:
		case token <- struct{}{}:
		case <-quit:
			return
		default:
		}
	}
}

func shared[T any](each func(T)) chan<- T {
	in := make(chan T)
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				select {
				case v, ok := <-in:
					if !ok {
						return
					}
					each(v)
				default:
				}
			}
		}()
	}
	return in
}

func nested() {
	in, quit, other := make(chan int), make(chan bool), make(chan int)
	go use(in)
	go use(quit)
	go use(other)
	for {
		select {
		case v := <-in:
			select {
			case other <- v:
			default:
				use(v)
			}
		case <-quit:
			return
		default:
		}
	}
}

func loses(in0 int) {
	in, quit := make(chan int, in0), make(chan bool)
	go use(in)
	go use(quit)
turn:
	for {
		select {
		case v := <-in:
			use(v)
		case <-quit:
			return
		default:
			continue turn
		}
	}
}
