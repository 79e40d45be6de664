package main

import "fmt"

// Every message arrives, in order, and the stop is seen.
func main() {
	messages, stop, done := make(chan int), make(chan struct{}), make(chan int)
	go func() {
		sum := 0
		for {
			select {
			case n, ok := <-messages:
				if !ok {
					done <- sum
					return
				}
				fmt.Println("got", n)
				sum += n
			case <-stop:
				done <- -1
				return
			default:
				// nothing yet
			}
		}
	}()
	for i := range 5 {
		messages <- i
	}
	close(messages)
	fmt.Println("sum", <-done)

	results := make(chan string, 2)
	quit := make(chan bool)
	go func() {
	loop:
		for {
			select {
			case results <- "result":
			case <-quit:
				break loop
			default:
				continue loop
			}
		}
		close(results)
	}()
	fmt.Println(<-results, <-results)
	quit <- true
	n := 0
	for range results {
		n++
	}
	fmt.Println(n <= 2)
}
