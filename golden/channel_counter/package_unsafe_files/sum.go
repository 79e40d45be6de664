package files

import "fmt"

func (r *Requests) sum() {
	for n := range r.count {
		r.total += n
	}
}

func (r *Requests) String() string {
	return fmt.Sprintf("%s%d", r.mark, r.total)
}
