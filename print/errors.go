package print

import "fmt"

// CharacterError says that a character of a name cannot be printed: the fonts
// have no picture of it, or it is none that has one.
type CharacterError struct {
	// What it stands in: "holder's name", "address", "service".
	What string
	// Sheet is the number of the holder's sheet, 0 for what all sheets say.
	Sheet int
	// Position counts characters from 1.
	Position  int
	Character rune
}

func (e *CharacterError) Error() string {
	return fmt.Sprintf("print: character %d of the %s, %U, cannot be printed", e.Position, e.What, e.Character)
}

// FitError says that something is too long for the sheet, at the smallest size
// that is still read easily.
type FitError struct{ What string }

func (e *FitError) Error() string { return fmt.Sprintf("print: the %s does not fit the sheet", e.What) }

// ReadBackError says that a written sheet does not read back as what it should
// say.
type ReadBackError struct {
	// Sheet is its number.
	Sheet int
	// Code is the code that is missing or different: "secret" or "public".
	Code string
	// Err is the reader's complaint, if it is what failed.
	Err error
}

func (e *ReadBackError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("print: sheet %d cannot be read back: %v", e.Sheet, e.Err)
	}
	return fmt.Sprintf("print: sheet %d does not read back: its %s code is missing or different", e.Sheet, e.Code)
}

func (e *ReadBackError) Unwrap() error { return e.Err }
