package tagged

func (s *source) Close() error { return s.f.Close() }
