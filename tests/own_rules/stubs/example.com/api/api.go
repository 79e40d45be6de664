package api

import "context"

type Client struct{ Name string }

type Options struct {
	Addr    string
	Retries int
	Secure  bool
}

func New(name string) *Client                                              { return &Client{name} }
func Make(name string) *Client                                             { return nil }
func Dial(addr string, timeout int) *Client                                { return nil }
func DialContext(ctx context.Context, addr string, timeout int) *Client    { return nil }
func (*Client) Get(key string) (string, error)                             { return "", nil }
func (*Client) GetContext(ctx context.Context, key string) (string, error) { return "", nil }
func (*Client) Close() error                                               { return nil }

func Deprecated(a, b string) string { return a + b }
func Join(parts ...string) string   { return "" }
