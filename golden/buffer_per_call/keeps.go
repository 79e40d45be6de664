package buffers

import (
	"bytes"
	"io"
)

func returned(r io.Reader) []byte {
	buf := make([]byte, 4096) // keeps: outlives-call
	n, _ := r.Read(buf)
	return buf[:n]
}

func parse(b []byte) []byte { return b }

// Seed claim 40: what keeps the slice sees the next call's bytes.
func parsed(r io.Reader) {
	buf := make([]byte, 4096) // keeps: outlives-call
	n, _ := io.ReadFull(r, buf)
	_ = parse(buf[:n])
}

func captured(r io.Reader) {
	buf := make([]byte, 4096) // keeps: outlives-call
	go func() { _, _ = r.Read(buf) }()
}

func grown(r io.Reader) {
	buf := make([]byte, 4096) // keeps: outlives-call
	buf = append(buf, 1)
	_, _ = r.Read(buf)
}

func wrapped(r io.Reader) {
	buf := make([]byte, 4096) // keeps: outlives-call
	_, _ = bytes.NewBuffer(buf).ReadFrom(r)
}

func padded(r io.Reader, w io.Writer) {
	block := make([]byte, 4096) // keeps: zeroes-matter
	_, _ = r.Read(block)
	_, _ = w.Write(block)
}

func offset(r io.Reader, k int) string {
	buf := make([]byte, 4096) // keeps: zeroes-matter
	_, _ = r.Read(buf)
	return string(buf[:k])
}

func counted(r io.Reader) string {
	buf := make([]byte, 4096) // keeps: zeroes-matter
	n, _ := r.Read(buf)
	n += 10
	return string(buf[:n])
}

func indexed(r io.Reader) byte {
	buf := make([]byte, 4096) // keeps: zeroes-matter
	_, _ = r.Read(buf)
	return buf[7]
}

func looped(rs []io.Reader) {
	for _, r := range rs {
		buf := make([]byte, 4096) // keeps: in-block
		_, _ = r.Read(buf)
	}
}

func init() {
	buf := make([]byte, 4096) // keeps: runs-once
	_, _ = io.ReadFull(bytes.NewReader(nil), buf)
}

func hidden(r io.Reader) {
	new := 1
	buf := make([]byte, 4096+4096) // keeps: not-nameable
	_, _ = r.Read(buf)
	_ = new
}

func short(r io.Reader) { buf := make([]byte, 4096); _, _ = r.Read(buf) }

// On the stack, small, or of no constant size.
func none(r io.Reader, file *bytes.Reader, size int) {
	stack := make([]byte, 4096)
	_, _ = file.Read(stack)
	small := make([]byte, 512)
	_, _ = r.Read(small)
	sized := make([]byte, size)
	_, _ = r.Read(sized)
	full := make([]byte, 0, 4096)
	_, _ = r.Read(full)
}

// Each turn would defer another Put.
func retries(open func() io.Reader) int {
retry:
	r := open()
	buf := make([]byte, 70000) // keeps: in-block
	n, err := r.Read(buf)
	if err != nil {
		goto retry
	}
	return n
}

type keeper struct{ got [][]byte }

func (k *keeper) Write(p []byte) (int, error) { k.got = append(k.got, p); return len(p), nil }

func remembers(k *keeper, r io.Reader) {
	buf := make([]byte, 128<<10) // keeps: outlives-call
	n, _ := r.Read(buf)
	_, _ = k.Write(buf[:n])
}

func ownCopy(r io.Reader) (out []byte) {
	copy := func(dst *[]byte, src []byte) { *dst = src }
	buf := make([]byte, 128<<10) // keeps: outlives-call
	n, _ := r.Read(buf)
	copy(&out, buf[:n])
	return out
}

type Command struct {
	Name string
	Run  func(r io.Reader)
}

var get = &Command{
	Name: "get",
	Run: func(r io.Reader) {
		buf := make([]byte, 4096) // keeps: runs-once
		_, _ = r.Read(buf)
	},
}

var commands = []Command{{Run: func(r io.Reader) {
	buf := make([]byte, 4096) // keeps: runs-once
	_, _ = r.Read(buf)
}}}
