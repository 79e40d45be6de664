package buffers

import (
	"bytes"
	"io"
	"testing"
)

func TestRead(t *testing.T) {
	var r io.Reader = bytes.NewReader(nil)
	buf := make([]byte, 4096) // keeps: runs-once
	if _, err := r.Read(buf); err != io.EOF {
		t.Fatal(err)
	}
}

type suite struct{}

func (suite) TestReadAgain(t *testing.T) {
	var r io.Reader = bytes.NewReader(nil)
	buf := make([]byte, 4096) // keeps: runs-once
	if _, err := r.Read(buf); err != io.EOF {
		t.Fatal(err)
	}
}
