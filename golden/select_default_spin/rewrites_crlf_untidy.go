package selectdefaultspin

func crlf() {
	in, quit := make(chan int), make(chan bool)
	go use(in)
	go use(quit)
	for {
		select {
		case v := <-in:
			use(v)
		case <-quit:
			return
		default:
			// again
		}
	}
}

func oneLine() {
	in, quit := make(chan int), make(chan bool)
	go use(in)
	go use(quit)
	for { select { case v := <-in: use(v); case <-quit: return; default: } }
}

func closing() {
	in, quit := make(chan int), make(chan bool)
	go use(in)
	go use(quit)
	for {
		select {
		case v := <-in: use(v)
		case <-quit: return
		default: }
	}
}
