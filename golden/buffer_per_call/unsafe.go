package buffers

import (
	"io"
	"os"
)

const chunk = 32 << 10

// drain says how long it is.
func drain(r io.Reader) (total int, err error) {
	buf := make([]byte, chunk)
	for {
		n, err := r.Read(buf)
		total += n
		if err != nil {
			return total, err
		}
	}
} // the end

type relay struct{ in, out *os.File }

func (r *relay) run() error {
	// Larger than what fits on the stack.
	bp := make([]byte, 128*1024)
	for {
		n, err := r.in.Read(bp)
		if _, werr := r.out.Write(bp[:n]); werr != nil {
			return werr
		}
		if err != nil {
			return err
		}
	}
}

func pipe(dst io.Writer, src io.Reader) {
	buffer := make([]byte, 64*1024)
	_, _ = io.CopyBuffer(dst, src, buffer)
}

func sizes(r io.Reader) int {
	header := make([]byte, 64<<10+1)
	n, _ := r.Read(header)
	body := make([]byte, 2*(64<<10+1)+1)
	m, _ := r.Read(body)
	tail := make([]byte, 2*64*1024)
	k, _ := r.Read(tail)
	return n + m + k
}

type handler struct{ Run func(r io.Reader) }

var served = handler{Run: func(r io.Reader) {
	buf := make([]byte, 4096)
	_, _ = r.Read(buf)
}}
