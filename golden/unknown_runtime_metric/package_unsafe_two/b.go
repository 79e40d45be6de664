package two

var order = map[string]int{"/sched/latency:seconds": 1}
