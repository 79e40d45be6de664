package assert

type TestingT interface{ Errorf(string, ...any) }

func Equal(t TestingT, expected, actual any, message ...any) bool { return true }
func Nil(t TestingT, value any, message ...any) bool              { return true }
func NotNil(t TestingT, value any, message ...any) bool           { return true }
func NoError(t TestingT, err error, message ...any) bool          { return true }
func Error(t TestingT, err error, message ...any) bool            { return true }
