package main

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"meshkey/cmd/internal/exit"
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
		out.Err = errors.New(path.Path + ": " + path.Err.Error())
		return out
	}
	if few, ok := errors.AsType[*shamir.TooFewError](err); ok && few.Have > 0 {
		out.Code = exit.TooFew
	}
	for _, wrong := range []any{new(*shamir.MixedError), new(*shamir.ConflictError), new(*shamir.RangeError)} {
		if errors.As(err, wrong) {
			out.Code = exit.BadShare
		}
	}
	return out
}

// packages are those whose errors begin with their name.
var packages = []string{
	"cogen", "curve", "dare", "escrow", "jsonb", "keyfile", "letters", "mesh", "print", "profile",
	"qr", "record", "recovery", "scan", "seedfile", "shamir", "udf", "vectors",
}

// plain drops the names of packages from a message.
func plain(text string) string {
	parts := slices.DeleteFunc(strings.Split(text, ": "), func(s string) bool { return slices.Contains(packages, s) })
	return strings.Join(parts, ": ")
}
