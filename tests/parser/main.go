// Parser reads Go sources, each behind its length in four bytes, the lowest
// first. For each it prints a line: what go/parser says of the source, quoted,
// which is "" when it takes it.
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"os"
)

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	for {
		var length uint32
		if err := binary.Read(in, binary.LittleEndian, &length); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			fail(err)
		}
		source := make([]byte, length)
		if _, err := io.ReadFull(in, source); err != nil {
			fail(err)
		}
		said := ""
		if _, err := parser.ParseFile(token.NewFileSet(), "p.go", source, parser.SkipObjectResolution); err != nil {
			said = err.Error()
		}
		fmt.Fprintf(out, "%q\n", said)
		// Whoever waits for the answers sends nothing until they are there.
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				fail(err)
			}
		}
	}
	if err := out.Flush(); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
