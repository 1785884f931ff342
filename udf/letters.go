package udf

import (
	"slices"
	"strings"
	"unicode"

	"meshkey/internal/secret"
)

const (
	maxText    = 1 << 16 // octets of text, separators and all
	maxOctets  = 1 + maxDER
	maxLetters = (8*maxOctets + 4) / 5
)

// reading is the letters of a text, packed.
type reading struct {
	text    string
	packed  []byte // five bits a letter, first letter highest; zero bits fill the last octet
	letters int
}

// read packs the letters of text, limit of them at most.
func read(text string, limit int) (*reading, error) {
	if len(text) > maxText {
		return nil, &ParseError{Reason: "too long"}
	}
	r := &reading{text: text, packed: make([]byte, (5*limit+7)/8)}
	for _, c := range text {
		v, ok := value(c) // no letter is a separator
		if !ok {
			if c == '-' || isSeparator(c) {
				continue
			}
			r.wipe()
			return nil, r.failAt(r.letters+1, "not one of the letters A to Z and 2 to 7")
		}
		if r.letters == limit {
			r.wipe()
			return nil, r.fail("too long")
		}
		put(r.packed, 5*r.letters, v)
		r.letters++
	}
	r.packed = r.packed[:(5*r.letters+7)/8]
	return r, nil
}

// put writes the five bits of v into b from bit at, counted from the highest.
func put(b []byte, at int, v byte) {
	wide := uint16(v) << (11 - at%8)
	b[at/8] |= byte(wide >> 8)
	if byte(wide) != 0 {
		b[at/8+1] |= byte(wide)
	}
}

// get reads five bits of b from bit at; bits past the end of b are zero.
func get(b []byte, at int) byte {
	wide := uint16(b[at/8]) << 8
	if at/8+1 < len(b) {
		wide |= uint16(b[at/8+1])
	}
	return byte(wide>>(11-at%8)) & 31
}

// octets returns the whole octets of r and drops the bits that remain.
func (r *reading) octets() []byte { return r.packed[:5*r.letters/8] }

// whole returns the octets of r if no other text has the same: if it has as
// many letters as its octets need and the bits that remain are zero.
//
// Spec: the draft does not say what the bits that remain may be. The reference
// drops them; on paper one that is set can only be a slip.
func (r *reading) whole() ([]byte, error) {
	b := r.octets()
	if 5*r.letters-8*len(b) >= 5 {
		return nil, r.fail("a letter is missing or one too many: no octets give this number of letters")
	}
	if len(b) < len(r.packed) && r.packed[len(b)] != 0 {
		return nil, r.failAt(r.letters, "the last letter cannot be right: its low bits are not zero")
	}
	return b, nil
}

// check tells whether r has data of one of the types. name is what to call it
// in an error.
func (r *reading) check(name string, types ...Type) error {
	if len(r.octets()) < 2 {
		return r.fail("too short for a " + name)
	}
	if !slices.Contains(types, Type(r.packed[0])) {
		return r.failAt(1, "not the beginning of a "+name)
	}
	return nil
}

func (r *reading) wipe() { secret.Wipe(r.packed) }

func (r *reading) fail(reason string) error { return &ParseError{Reason: reason} }

// failAt returns an error about a letter, counted from 1.
func (r *reading) failAt(letter int, reason string) error {
	e := &ParseError{Letter: letter, Reason: reason}
	rows := 0
	before := 0 // letters above this row
	for _, row := range strings.FieldsFunc(r.text, isBreak) {
		n := 0
		for _, c := range row {
			if !isSeparator(c) {
				n++
			}
		}
		if n == 0 {
			continue
		}
		rows++
		if e.Row == 0 && letter <= before+n {
			e.Row, e.Column = rows, letter-before
		}
		before += n
	}
	if rows == 1 {
		e.Row, e.Column = 0, 0
	}
	return e
}

// value is the number a letter stands for.
func value(c rune) (byte, bool) {
	switch {
	case 'A' <= c && c <= 'Z':
		return byte(c - 'A'), true
	case 'a' <= c && c <= 'z':
		return byte(c - 'a'), true
	case '2' <= c && c <= '7':
		return byte(c - '2' + 26), true
	}
	switch c { // typed for the letters they look like; the alphabet has none of them
	case '0':
		return 'O' - 'A', true
	case '1':
		return 'I' - 'A', true
	case '8':
		return 'B' - 'A', true
	}
	return 0, false
}

func isBreak(c rune) bool { return c == '\n' || c == '\r' || c == '\f' || c == '\u2028' }

// isSeparator takes every kind of space and hyphen, as word processors change
// the one for the other.
func isSeparator(c rune) bool {
	return unicode.IsSpace(c) || unicode.Is(unicode.Pd, c) || c == '\u00ad' || c == '\u2212'
}

// appendLetters appends the first n letters of b with a hyphen after every
// four. It takes the same time for every b.
func appendLetters(dst, b []byte, n int) []byte {
	for i := range n {
		if i > 0 && i%4 == 0 {
			dst = append(dst, '-')
		}
		v := get(b, 5*i)
		digit := byte(int8(25-v) >> 7) // all ones from 26 on
		dst = append(dst, 'A'+v-digit&('A'+26-'2'))
	}
	return dst
}

// format writes all of b.
func format(b []byte) string {
	n := (8*len(b) + 4) / 5
	out := appendLetters(make([]byte, 0, n+n/4), b, n)
	defer secret.Wipe(out)
	return string(out)
}

// parse reads the text of a UDF of one of the types, at most max octets with the
// type octet, and returns them all in a slice that is the caller's to wipe.
// name is what to call it in an error.
func parse(text string, max int, name string, types ...Type) ([]byte, error) {
	r, err := read(text, (8*max+4)/5)
	if err != nil {
		return nil, err
	}
	if err := r.check(name, types...); err != nil {
		r.wipe()
		return nil, err
	}
	b, err := r.whole()
	if err != nil {
		r.wipe()
		return nil, err
	}
	return b, nil
}

// DecodeLenient reads a text as the reference of 2022 does: what is not a
// letter, 0, 1 and 8 among it, is skipped, and bits beyond the last whole
// octet are dropped whatever they are. It is for old published values, never
// for what a person typed. The type octet stands first.
func DecodeLenient(text string) ([]byte, error) {
	if len(text) > maxText {
		return nil, &ParseError{Reason: "too long"}
	}
	r, err := read(strings.Map(func(c rune) rune {
		if _, ok := value(c); !ok || c == '0' || c == '1' || c == '8' {
			return -1
		}
		return c
	}, text), maxLetters)
	if err != nil {
		return nil, err
	}
	return r.octets(), nil
}
