package elsewhere

import (
	"runtime"
	"testing"
)

func TestReads(t *testing.T) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Log(m.Sys)
}
