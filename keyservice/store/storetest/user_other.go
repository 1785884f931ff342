//go:build !unix

package storetest

import "syscall"

// asUser is not needed where nobody is root.
func asUser(int, int) *syscall.SysProcAttr { return nil }
