// Command old needs the package: its runtime does not know containers.
package main

import _ "go.uber.org/automaxprocs"

func main() {}
