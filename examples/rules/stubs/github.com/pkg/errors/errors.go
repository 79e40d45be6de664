package errors

import "fmt"

func New(text string) error             { return fmt.Errorf("%s", text) }
func Wrap(err error, text string) error { return fmt.Errorf("%s: %w", text, err) }
func Wrapf(err error, format string, args ...any) error {
	return Wrap(err, fmt.Sprintf(format, args...))
}
func Cause(err error) error { return err }
