package time_after_sleep

import (
	"testing"
	"time"
)

func TestAfterwards(t *testing.T) {
	<-time.After(time.Millisecond)
}

func after() {
	<-time.After(time.Millisecond)
}
