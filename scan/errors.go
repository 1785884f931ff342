package scan

import "fmt"

// UnsupportedError says that a file is of a format that is not read here.
type UnsupportedError struct {
	// Format is its name: "HEIC", "encrypted PDF", …
	Format string
	// Hint is what a person can do about it: an English sentence.
	Hint string
}

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("scan: a file of format %s is not read", e.Format)
}

// NothingFoundError says that a file was read but holds neither a QR symbol
// nor text.
type NothingFoundError struct {
	Format string
	Pages  int
	// Tried says in words what was done to find something.
	Tried string
}

func (e *NothingFoundError) Error() string {
	return fmt.Sprintf("scan: no code was found in %d page(s) of a %s file (%s)", e.Pages, e.Format, e.Tried)
}

// TooLargeError says that something is beyond a bound and was not decoded.
type TooLargeError struct {
	// What was too large: "file", "picture", "stream", "page count".
	What string
	// Size and Max are in octets, pixels or pages, as What says.
	Size, Max int64
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("scan: the %s is too large: %d, the most is %d", e.What, e.Size, e.Max)
}
