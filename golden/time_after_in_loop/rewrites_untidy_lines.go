package time_after_in_loop

import "time"

func oneLine(stop <-chan int) { for { select { case <-stop: return; case <-time.After(time.Second): work(1) } } }
