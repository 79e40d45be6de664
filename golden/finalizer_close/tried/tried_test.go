package tried

import (
	"os"
	"testing"
)

func TestOpen(t *testing.T) {
	s, err := Open("tried.go")
	if err != nil {
		t.Skip(err)
	}
	if s.f == nil {
		t.Fatal("no file")
	}
}

func TestPipe(t *testing.T) {
	p := NewPipe(os.Stdin)
	t.Cleanup(func() { _ = p.Close() })
}
