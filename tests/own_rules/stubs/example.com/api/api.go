package api

type Client struct{ Name string }

func New(name string) *Client                  { return &Client{name} }
func Dial(addr string, timeout int) *Client    { return nil }
func (*Client) Get(key string) (string, error) { return "", nil }
func (*Client) Close() error                   { return nil }

func Deprecated(a, b string) string { return a + b }
func Join(parts ...string) string   { return "" }
