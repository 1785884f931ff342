//go:build !linux

package terminaltest

// Typist cannot do what it does on Linux.
func Typist() { panic("terminaltest: needs Linux") }
