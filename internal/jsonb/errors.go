package jsonb

import "fmt"

// Error says where an input is malformed. It holds no part of the input.
type Error struct {
	Offset int    // octets before the place, or -1 when Path is the place
	Path   string // members from the outermost, such as "ProfileUser.Signature.Udf", names of the structure only
	Reason string
}

func (e *Error) Error() string {
	switch {
	case e.Path != "":
		return fmt.Sprintf("jsonb: %s: %s", e.Path, e.Reason)
	case e.Offset >= 0:
		return fmt.Sprintf("jsonb: octet %d: %s", e.Offset, e.Reason)
	}
	return "jsonb: " + e.Reason
}

func reason(format string, args ...any) *Error {
	return &Error{Offset: -1, Reason: fmt.Sprintf(format, args...)}
}

// in returns err with name as the outer part of its path.
func in(name string, err error) error {
	e, ok := err.(*Error)
	if !ok {
		return err
	}
	switch {
	case e.Path == "":
		e.Path = name
	case e.Path[0] == '[':
		e.Path = name + e.Path
	default:
		e.Path = name + "." + e.Path
	}
	return e
}
