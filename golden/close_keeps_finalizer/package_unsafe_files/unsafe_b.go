package files

func (h *handle) Close() error {
	return h.f.Close()
}
