package imported

import sem "fmt"

func show(job int) { sem.Println(job) }
