package time_after_sleep

import (
	"runtime"
	"time"
)

func profiled() {
	runtime.SetBlockProfileRate(1)
	defer runtime.SetBlockProfileRate(0)
	<-time.After(time.Millisecond) // keeps: block-profile
}
