package scan

import "fmt"

// Bounds of what is read.
const (
	// MaxFile is the size of a file in octets.
	MaxFile = 64 << 20
	// MaxPixels is the size of one picture: 134 million pixels, more than a
	// sheet of A4 at 1200 dots an inch.
	MaxPixels = 128 << 20
	// MaxMemory is how many octets the pixels of one picture may take while it
	// is decoded, and how many octets the streams of a PDF may unpack to.
	MaxMemory = 512 << 20
	// MaxPages is the number of pages of a PDF or TIFF.
	MaxPages = 200
	// BaseWork, WorkPerOctet and MaxWork bound what is done for all pages of a
	// PDF or TIFF together: BaseWork for any file, WorkPerOctet for each octet of
	// it, MaxWork at most. The unit is one pixel decoded or painted over; a search
	// for symbols counts 32 Mi and its pixels, which makes a page of 300 dots an
	// inch about 50 Mi. Two hundred of them fit if they take 25 kB each, as
	// scanned paper does; of pages that are next to nothing in the file some
	// twenty are read.
	BaseWork     = 1 << 30
	WorkPerOctet = 2048
	MaxWork      = 16 << 30
	// MaxText is the size of a text file in octets.
	MaxText = 1 << 20
)

// UnsupportedError says that a file, or a picture in it, is of a format that is
// not read here.
type UnsupportedError struct {
	// Format is its name: "HEIC", "encrypted PDF", …
	Format string
	// Hint is what a person can do about it: an English sentence.
	Hint string
}

func (e *UnsupportedError) Error() string { return "scan: " + e.Format + " is not read" }

// DamagedError says that a file begins as its format says but cannot be decoded.
type DamagedError struct {
	Format string
	// Cause is the decoder's complaint, nil if it might quote the file.
	Cause error
}

func (e *DamagedError) Error() string {
	if e.Cause == nil {
		return fmt.Sprintf("scan: the %s is damaged", e.Format)
	}
	return fmt.Sprintf("scan: the %s is damaged: %v", e.Format, e.Cause)
}

// Unwrap returns the decoder's complaint.
func (e *DamagedError) Unwrap() error { return e.Cause }

// NothingFoundError says that a file was read but holds neither a QR symbol
// nor text.
type NothingFoundError struct {
	Format string
	Pages  int
	// Tried says in words what was done to find something.
	Tried string
}

func (e *NothingFoundError) Error() string {
	return fmt.Sprintf("scan: nothing was found in the %s (pages: %d; tried: %s)", e.Format, e.Pages, e.Tried)
}

// TooLargeError says that something is beyond a bound and was not decoded.
type TooLargeError struct {
	// What is too large, with its unit: "file (octets)", "picture (pixels)", …
	What string
	// Size is what it has, or the first size found to be too much; Max is the
	// bound.
	Size, Max int64
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("scan: %s too large: %d, at most %d", e.What, e.Size, e.Max)
}
