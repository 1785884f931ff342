package qr

import (
	"errors"
	"fmt"

	"github.com/skip2/go-qrcode"
)

// Level is how much of a symbol may be unreadable. ISO/IEC 18004, Section 7.5.1.
type Level int

// The four levels restore about 7, 15, 25 and 30 % of a symbol's codewords.
const (
	Low Level = iota
	Medium
	Quartile
	High
)

var libraryLevel = [...]qrcode.RecoveryLevel{
	Low: qrcode.Low, Medium: qrcode.Medium, Quartile: qrcode.High, High: qrcode.Highest,
}

// QuietZone is how many light modules a symbol needs around it on all sides.
const QuietZone = 4

// Symbol is a square of dark and light modules, without its quiet zone.
type Symbol struct {
	// Size is the number of modules on a side, 21 to 177.
	Size int
	// Version is 1 to 40: Size is 17 + 4·Version.
	Version int
	dark    []bool // row by row
}

// ErrTooLong is returned when a text does not fit the largest symbol.
var ErrTooLong = errors.New("qr: the text is too long for a symbol")

// Encode makes the smallest symbol that holds text at level. A text of digits,
// upper case letters, space and $%*+-./: is stored in the alphanumeric and
// numeric modes. Errors never hold the text. It panics if level is none of the
// four.
func Encode(text string, level Level) (*Symbol, error) {
	if text == "" {
		return nil, errors.New("qr: there is no text")
	}
	q, err := qrcode.New(text, libraryLevel[level])
	if err != nil {
		return nil, ErrTooLong // the library's only other complaint is an empty text
	}
	q.DisableBorder = true
	rows := q.Bitmap()
	s := &Symbol{Size: len(rows), Version: q.VersionNumber}
	if s.Size != 17+4*s.Version {
		return nil, fmt.Errorf("qr: the library made %d modules for version %d", s.Size, s.Version)
	}
	for _, row := range rows {
		s.dark = append(s.dark, row...)
	}
	return s, nil
}

// Dark tells whether the module in column x and row y is dark. Both count from
// 0, from the top left; outside the symbol everything is light.
func (s *Symbol) Dark(x, y int) bool {
	return x >= 0 && y >= 0 && x < s.Size && y < s.Size && s.dark[y*s.Size+x]
}
