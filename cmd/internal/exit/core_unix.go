//go:build unix && !linux

package exit

import "golang.org/x/sys/unix"

// NoCore keeps secrets out of core dumps. Best effort.
func NoCore() { _ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }
