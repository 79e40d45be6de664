package old

import "time"

func oneLine(stop, more <-chan int) { for { select { case <-stop: return; case <-more: ; case <-time.After(time.Minute): work(1) 
 default: } } }
