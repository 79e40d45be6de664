package user

import "gomend.example/golden/close_keeps_finalizer/exported"

type Conn struct {
	ID int
	exported.ClosedHandle
}
