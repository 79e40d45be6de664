package time_after_range

import (
	"testing"
	"time"
)

func TestTimeAfter(t *testing.T) {
	for range time.After(1) { // keeps: is-the-subject
		t.Log("once")
	}
}

func TestLookAfterClose(t *testing.T) {
	for range time.After(1) { // advice: one-value
		t.Log("once")
	}
}
