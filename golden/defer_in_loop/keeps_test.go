package deferinloop

import (
	"os"
	"sync"
	"testing"
)

// What it opens is wanted until its end, or closed soon.
func TestOpens(t *testing.T) {
	for _, path := range os.Args {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close() // keeps: test-code
		use(f)
	}
	var mu sync.Mutex
	for range os.Args {
		mu.Lock()
		defer mu.Unlock() // advice: lock-held
		use(t)
	}
}
