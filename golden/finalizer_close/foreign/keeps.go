package foreign

import (
	"compress/gzip"
	"io"
	"runtime"
)

func reader(from io.Reader) (*gzip.Reader, error) {
	r, err := gzip.NewReader(from)
	if err != nil {
		return nil, err
	}
	runtime.SetFinalizer(r, (*gzip.Reader).Close) // advice: foreign-type
	return r, nil
}
