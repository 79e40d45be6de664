package deferunlock

func (h *hits) crlf() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.n++
}

func (h *hits) line() { h.mu.Lock(); defer h.mu.Unlock(); h.n++ }
