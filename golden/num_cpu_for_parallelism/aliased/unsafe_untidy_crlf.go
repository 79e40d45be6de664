package aliased

import rt "runtime"

func sem() chan struct{} { return make(chan struct{},rt.NumCPU()) }

func start(jobs <-chan int) {
	for worker := 0 ; worker < rt.NumCPU() ; worker++ { // one each
		go func() { println(worker, <-jobs) }()
	}
}
