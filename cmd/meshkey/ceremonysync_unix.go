//go:build !windows

package main

import "os"

// syncDir makes the names in a folder durable.
func syncDir(dir *os.File) error { return dir.Sync() }
