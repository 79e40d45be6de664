// Package grpc stands for the real one.
package grpc

// Server serves.
type Server struct{}
