package tried_test

import (
	"os"
	"testing"

	"gomend.example/golden/finalizer_close/tried"
)

func TestCreate(t *testing.T) {
	if _, err := tried.Create("x"); err != nil {
		t.Skip(err)
	}
}

func TestPipeOutside(t *testing.T) {
	defer tried.NewPipe(os.Stdin).Close()
}
