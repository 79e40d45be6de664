package shared

import ("fmt"; _ "go.uber.org/automaxprocs")

func f() { fmt.Println() }
