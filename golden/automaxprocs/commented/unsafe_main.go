// Command commented says why it imports what it imports.
package main

// Follow the container's limit.
import _ "go.uber.org/automaxprocs" // sets GOMAXPROCS

import "fmt"

func main() { fmt.Println() }
