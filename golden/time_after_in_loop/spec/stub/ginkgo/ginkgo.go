// Package ginkgo stands for the real one.
package ginkgo

// It declares a test.
func It(text string, body func()) { body() }
