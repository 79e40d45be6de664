package files

import "sync/atomic"

// leaked counts connections.
var leaked atomic.Int64

func (c *conn) Close() error {
	c.p = nil
	return nil
}

func report() (string, int64) {
	connsOpened := "taken here only"
	return connsOpened, leaked.Load()
}
