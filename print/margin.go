package print

import (
	"fmt"
	"image"
	"slices"
	"strconv"
)

// A PictureReader finds the texts of the codes on a picture.
type PictureReader func(*image.Gray) []string

// Margin is how much of one kind of damage the secret codes of some sheets
// survive.
type Margin struct {
	// Damage is its kind: "resolution", "blur", "noise", "fold", "stain",
	// "corner".
	Damage string `json:"damage"`
	// Survived is the greatest strength tried at which every code was read, and
	// all weaker ones before it; a lower resolution is a stronger damage.
	Survived float64 `json:"survived"`
	// Words say the same: "blur up to 0.6 of a module".
	Words string `json:"words"`
}

// String is Words.
func (m Margin) String() string { return m.Words }

// damage is a kind of damage, on a coarse scale of strengths.
type damage struct {
	name  string
	words string // of a strength
	apply func(*view, float64) *image.Gray
	// steps rise; the first is the floor, which every sheet must survive.
	steps []float64
}

var damages = []damage{
	{"resolution", "read from %s dots to the inch", (*view).coarse, []float64{100, 75, 50, 40}},
	{"blur", "blur up to %s of a module", (*view).blur, []float64{0.3, 0.45, 0.6, 0.75}},
	{"noise", "noise up to %s % of the contrast", (*view).noise, []float64{15, 30, 50, 80}},
	{"fold", "a fold up to %s modules wide", (*view).fold, []float64{1, 2, 4, 7}},
	{"stain", "a dark stain up to %s % of the code's width", (*view).stain, []float64{20, 35, 50, 65}},
	{"corner", "a missing corner up to %s % of the sides", (*view).corner, []float64{20, 40, 60, 80}},
}

func (d damage) margin(strength float64) Margin {
	return Margin{d.name, strength, sprint(d.words, strength)}
}

// sprint puts a strength into words; they hold percent signs.
func sprint(words string, strength float64) string {
	return fill(words, "%s", strconv.FormatFloat(strength, 'f', -1, 64))
}

// Measure damages pictures of the secret codes in six ways and lets r read
// them. Each code must survive each damage at the least strength that a sheet is
// released with, else the error is a *MarginError; with full the damage then grows
// until a code is not read any more, or the scale ends. What it returns is
// survived by all the sheets.
//
// The damage is done to the code as it is laid out, drawn at 150 dots to the
// inch; whether a file was written rightly is for ReadBack to see. It is the same
// each time. A sheet takes six readings, with full at most 24.
func Measure(sheets []*Sheet, r PictureReader, full bool) ([]Margin, error) {
	views := make([]*view, len(sheets))
	for i, s := range sheets {
		views[i] = s.view()
	}
	margins := make([]Margin, len(damages))
	for i, d := range damages {
		for step, strength := range d.steps {
			lost := slices.IndexFunc(views, func(v *view) bool {
				want := sheets[slices.Index(views, v)].content.share
				return !slices.Contains(r(d.apply(v, strength)), want)
			})
			if lost >= 0 {
				if step == 0 {
					return nil, &MarginError{sheets[lost].Index(), d.margin(strength)}
				}
				break
			}
			margins[i] = d.margin(strength)
			if !full {
				break
			}
		}
	}
	return margins, nil
}

// MarginError says that a sheet is too weak to be relied on: its code is not
// read with a little damage.
type MarginError struct {
	// Sheet is its number.
	Sheet int
	// Margin is what it should survive.
	Margin Margin
}

func (e *MarginError) Error() string {
	return fmt.Sprintf("print: sheet %d would not last: its code does not survive this: %s", e.Sheet, e.Margin)
}
