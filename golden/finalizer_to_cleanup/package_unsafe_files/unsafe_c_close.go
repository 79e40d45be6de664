package files

import rt "runtime"

func (h *handle) Close() {
	if h == nil {
		return
	}
	rt.SetFinalizer(h, nil) // it is closed here
	closefd(h.fd)
}

func (h *handle) detach() (number int) {
	rt.SetFinalizer(h, nil)
	return int(h.fd)
}
