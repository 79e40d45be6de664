package elsewhere

type Shared struct{}
