package uuid

type UUID [16]byte

func NewV4() UUID                       { return UUID{} }
func FromString(s string) (UUID, error) { return UUID{}, nil }
func (UUID) String() string             { return "" }
