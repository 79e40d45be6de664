package grpc

import (
	"context"
	"runtime"
	"sync/atomic"

	"google.golang.org/grpc"
)

type StatusRequest struct{}

type StatusReply struct{ Heap, Requests uint64 }

type service struct {
	*grpc.Server
	requests atomic.Uint64
}

func (s *service) Status(ctx context.Context, _ *StatusRequest) (*StatusReply, error) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return &StatusReply{Heap: m.HeapAlloc, Requests: s.requests.Add(1)}, nil
}

func (s *service) helper(ctx context.Context, request *StatusRequest) uint64 {
	return s.requests.Load()
}
