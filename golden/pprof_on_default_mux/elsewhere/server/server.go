package server

import "net/http"

// A Server serves what is registered.
type Server struct{ Addr string }

// Run serves for ever.
func (s *Server) Run() error { return s.serve() }

func (s *Server) serve() error { return http.ListenAndServe(s.Addr, nil) }
