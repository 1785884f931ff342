package exit

import "golang.org/x/sys/unix"

// NoCore keeps secrets out of core dumps. The limit alone does not stop a
// system that pipes its dumps to a collector; a process that is not dumpable
// is never dumped, nor traced by others of the same user. Best effort.
func NoCore() {
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}
