package main

import (
	"fmt"
	"sync"
	"time"
)

type counter struct {
	ch    chan int
	total int
}

func newCounter() *counter {
	c := &counter{ch: make(chan int)}
	go func() {
		for n := range c.ch {
			c.total += n
		}
	}()
	return c
}

func (c *counter) add(n int) { c.ch <- n }

func main() {
	c := newCounter()
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			for range 100 {
				c.add(i)
			}
		})
	}
	wg.Wait()
	// The goroutine may still be about to add the last one.
	time.Sleep(50 * time.Millisecond)
	fmt.Println(c.total)
}
