// No findings: somebody wishes it, or the program ends with its work.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"runtime/trace"
	"time"
)

func record(f *os.File) error {
	if err := trace.Start(f); err != nil {
		return err
	}
	defer trace.Stop()
	time.Sleep(5 * time.Second)
	return nil
}

func main() {
	traced := flag.String("trace", "", "")
	flag.Parse()
	if *traced != "" {
		f, _ := os.Create(*traced)
		trace.Start(f)
		defer trace.Stop()
	}
	go func() {
		for range time.Tick(10 * time.Minute) {
			trace.Start(os.Stdout)
			time.Sleep(time.Minute)
			trace.Stop()
		}
	}()
	fmt.Println(record(os.Stdout))
	log.Fatal(http.ListenAndServe("localhost:8080", nil))
}
