package time_after_sleep

import (
	"testing"
	"time"
)

func BenchmarkAfter(b *testing.B) {
	for range b.N {
		<-time.After(1) // keeps: is-the-subject
	}
}

func TestAfter_short(t *testing.T) {
	t.Run("short", func(t *testing.T) {
		<-time.After(1) // keeps: is-the-subject
	})
}
