package meshkeyd

import (
	"errors"
	"io/fs"
	"syscall"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/line"
	"meshkey/keyservice/store"
)

// explain turns an error of any package into what a person is told: an exit
// code, a message without the names of packages, a hint if something can be
// done.
func explain(err error) error {
	out := &exit.Error{Code: exit.Code(err), Err: errors.New(line.Plain(err.Error())), Hint: exit.Hint(err)}
	if _, ok := errors.AsType[*exit.Error](err); ok {
		return out
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		out.Err = errors.New(path.Path + ": " + path.Err.Error())
		switch {
		case errors.Is(err, fs.ErrPermission):
			out.Hint = "run it as the user that the service runs as"
		case errors.Is(err, syscall.ENOSPC):
			out.Hint = "make room on that disk, or name a file on another"
		case errors.Is(err, syscall.EROFS):
			out.Hint = "a disk that turned read-only is failing: copy the folder to another, and name it with --dir"
		}
		return out
	}
	if down, ok := errors.AsType[*store.UnavailableError](err); ok {
		out.Err = errors.New("the store cannot be used: " + line.Plain(down.Err.Error()))
		out.Hint = "look whether the database runs and is reached, whether the disk is full, and the log of the service"
	}
	return out
}
