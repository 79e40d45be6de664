package errors

import (
	"errors"
	"fmt"
)

func New(text string) error             { return fmt.Errorf("%s", text) }
func Wrap(err error, text string) error { return fmt.Errorf("%s: %w", text, err) }
func Wrapf(err error, format string, args ...any) error {
	return Wrap(err, fmt.Sprintf(format, args...))
}
func Cause(err error) error { return err }
func Errorf(format string, args ...any) error   { return fmt.Errorf(format, args...) }
func WithMessage(err error, text string) error { return Wrap(err, text) }
func WithStack(err error) error                { return err }
func Is(err, target error) bool                { return errors.Is(err, target) }
func As(err error, target any) bool            { return errors.As(err, target) }
func Unwrap(err error) error                   { return errors.Unwrap(err) }
