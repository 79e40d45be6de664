package files

// Requests counts requests.
type Requests struct {
	mark  string
	count chan int64
	total int64
}

// New gives a counter that runs.
func New() *Requests {
	r := &Requests{mark: "r", count: make(chan int64, 16)}
	go r.sum()
	return r
}
