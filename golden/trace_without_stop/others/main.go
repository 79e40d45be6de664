package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	. "runtime/trace"
)

func main() {
	if len(os.Args) > 5 {
		var b bytes.Buffer
		Start(&b) // advice: writer-used-later
		fmt.Println(b.Len())
	}
	switch err := Start(os.Stdout); { // advice: odd-place
	case err != nil:
		return
	}
	if len(os.Args) > 3 {
		Stop := os.Stdout
		Start(Stop) // advice: not-nameable
	}
	fmt.Println("work")
}

func fails(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
