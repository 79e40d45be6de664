package files

func (r *Requests) serve(weight int64) {
	r.count <- weight + 1
}

func serveAll(all []*Requests) {
	for _, r := range all {
		r.count <- 1
	}
}
