package require

type TestingT interface{ Errorf(string, ...any) }

func Equal(t TestingT, expected, actual any, message ...any) {}
func Nil(t TestingT, value any, message ...any)              {}
func NotNil(t TestingT, value any, message ...any)           {}
func NoError(t TestingT, err error, message ...any)          {}
func Error(t TestingT, err error, message ...any)            {}
