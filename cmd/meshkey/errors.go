package main

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/line"
	"meshkey/internal/dare"
	"meshkey/shamir"
)

// explain turns an error of any package into what a person is told: an exit
// code, a message without the names of packages, a hint if something can be
// done.
func explain(err error) error {
	out := &exit.Error{Code: exit.Code(err), Err: errors.New(plain(err.Error())), Hint: exit.Hint(err)}
	if _, ok := errors.AsType[*exit.Error](err); ok {
		return out
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		out.Err = errors.New(ownName(path.Path) + ": " + path.Err.Error())
		return out
	}
	out.Code = codeOf(err)
	return out
}

// ownName is a path as it is told: of a hidden file that waits for its name,
// the folder.
func ownName(path string) string {
	if strings.HasPrefix(filepath.Base(path), ".meshkey-") {
		return "the folder " + filepath.Dir(path)
	}
	return path
}

// codeOf is the exit code of an error that carries none.
func codeOf(err error) int {
	switch {
	case is[*shamir.TooFewError](err):
		return exit.TooFew
	case is[*shamir.MixedError](err), is[*shamir.ConflictError](err), is[*shamir.RangeError](err):
		return exit.BadShare
	case is[*dare.RecipientError](err):
		return exit.WrongAccount
	case isForgery(err):
		return exit.NotVerified
	}
	if code := groupCode(err); code != exit.Failed {
		return code
	}
	return ceremonyCode(err)
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// isForgery tells an error of a signature from one of form.
func isForgery(err error) bool {
	return is[*dare.SignatureError](err) || is[*dare.SignerError](err) || errors.Is(err, dare.ErrUnsigned)
}

// plain drops the names of packages from a message.
func plain(text string) string { return line.Plain(text) }
