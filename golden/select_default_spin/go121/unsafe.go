package go121

// Before Go 1.22 the next round changes the variable.
func shared(values []int, use func(int)) {
	for _, value := range values {
		emit := func() {
			out, quit := make(chan int), make(chan bool)
			go func() {
				use(<-out)
				close(quit)
			}()
			for {
				select {
				case out <- value:
					use(0)
				case <-quit:
					return
				default: // unsafe: operand-read-anew
				}
			}
		}
		go emit()
	}
}
