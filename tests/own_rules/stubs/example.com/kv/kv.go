// Package kv stands for a package that a team imports.
package kv

import "context"

type Store struct{ Name string }

type Config struct {
	Path  string
	Limit int
	Sync  bool
}

func Open(path string) *Store                                       { return &Store{Name: path} }
func OpenAt(path string, at int) *Store                             { return &Store{Name: path} }
func Old(a, b int) int                                              { return a + b }
func New(a, b int) int                                              { return a + b }
func Twice(a, b, c int) int                                         { return a + b + c }
func First(a int) int                                               { return a }
func Log(format string, args ...any)                                {}
func (s *Store) Load(key string) string                             { return key }
func (s *Store) LoadContext(ctx context.Context, key string) string { return key }
func (s *Store) Close()                                             {}
