package files

type (
	handle struct {
		fd   fd // raw
		name string
	}

	fd int
)

func (h *handle) number() int { return int(h.fd) }
