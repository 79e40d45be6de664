package intest

import "testing"

var metrics = []string{"sys"}

func TestSys(t *testing.T) {
	if sys() == 0 || len(metrics) != 1 {
		t.Fail()
	}
}
