package go118

type counter struct {
	ch chan int64 // advice: too-old-go
}

func newCounter() *counter {
	c := &counter{ch: make(chan int64)}
	go func() {
		for range c.ch {
		}
	}()
	return c
}

func (c *counter) inc() { c.ch <- 1 }
