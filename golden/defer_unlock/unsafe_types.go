package deferunlock

import "sync"

type hooks struct {
	mu    sync.Mutex
	calls []func(int) error
	named map[string]func(int)
	last  struct {
		call func() error
		n    int
	}
}

func (h *hooks) register(call func(int) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.calls == nil {
		h.calls = []func(int) error{}
	}
	h.calls = append(h.calls, call)
}

func (h *hooks) name(name string, call func(int)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.named == nil {
		h.named = map[string]func(int){}
	}
	h.named[name] = call
}

func (h *hooks) set(call func() error, n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = struct {
		call func() error
		n    int
	}{call, n}
}

func (h *hooks) run() {
	h.mu.Lock()
	defer h.mu.Unlock()
	func() { h.calls = nil }()
}
