package undecided

type undecided struct {
	ch chan int64 // keeps: undecided
}

type rival struct{ ch chan string }

func newUndecided() *undecided {
	c := &undecided{ch: make(chan int64, 3)}
	go func() {
		for range c.ch {
		}
	}()
	c.ch <- 1
	return c
}

func either[T any](get func() T, at func(T) *rival) int {
	return len(at(get()).ch) + len(any(get()).(interface{ self() *rival }).self().ch)
}
