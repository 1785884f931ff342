package rs

import "errors"

// ErrUncorrectable is returned for a word that lies within reach of no code
// word, or of none with the erasures given.
var ErrUncorrectable = errors.New("rs: more is wrong than can be corrected")

// Code is a Reed–Solomon code, shortened to whatever length a word has. A
// word's first symbol is the coefficient of the highest power; code words are
// the multiples of (x−α^b)(x−α^(b+1))…, one factor a check symbol.
type Code struct {
	f         *Field
	first     int    // b
	generator []byte // without its leading 1, highest power first
}

// NewCode makes the code with the given number of check symbols and the root
// exponent b = first of its first root.
func NewCode(f *Field, check, first int) *Code {
	if check < 1 || check >= f.order || first < 0 {
		panic("rs: no such code")
	}
	g := []byte{1}
	for i := range check {
		next := make([]byte, len(g)+1)
		root := f.alpha(first + i)
		for j, c := range g {
			next[j] ^= c
			next[j+1] ^= f.mul(c, root)
		}
		g = next
	}
	return &Code{f, first, g[1:]}
}

// Check is the number of check symbols.
func (c *Code) Check() int { return len(c.generator) }

// Encode returns the check symbols of data. It panics if data is too long for
// the field, or holds a symbol that is not in it.
func (c *Code) Encode(data []byte) []byte {
	if !c.fits(len(data)+c.Check()) || !c.symbols(data) {
		panic("rs: no word of this code")
	}
	rest := make([]byte, c.Check())
	for _, d := range data {
		lead := d ^ rest[0]
		copy(rest, rest[1:])
		rest[len(rest)-1] = 0
		for j, g := range c.generator {
			rest[j] ^= c.f.mul(lead, g)
		}
	}
	return rest
}

func (c *Code) fits(n int) bool { return n > c.Check() && n <= c.f.order }

func (c *Code) symbols(word []byte) bool {
	for _, s := range word {
		if int(s) > c.f.order {
			return false
		}
	}
	return true
}

// Decode corrects word in place: e wrong symbols anywhere and the symbols at
// the s distinct erased places (counted from 0), as long as 2e + s is at most
// the number of check symbols. It returns the places where a symbol changed,
// in rising order. On ErrUncorrectable word is as it was.
//
// A correction is a proposal: beyond that bound a word can lie in reach of a
// wrong code word, and for 4 check letters a quarter of them do.
func (c *Code) Decode(word []byte, erased []int) ([]int, error) {
	n := len(word)
	if !c.fits(n) || !c.symbols(word) || len(erased) > c.Check() {
		return nil, ErrUncorrectable
	}
	seen := make([]bool, n)
	for _, p := range erased {
		if p < 0 || p >= n || seen[p] {
			return nil, ErrUncorrectable
		}
		seen[p] = true
	}
	syndromes := c.syndromes(word)
	if allZero(syndromes) {
		return nil, nil
	}
	locator, ok := c.locate(syndromes, n, erased)
	if !ok {
		return nil, ErrUncorrectable
	}
	fixed := append([]byte(nil), word...)
	changed, ok := c.repair(fixed, syndromes, locator)
	if !ok || !allZero(c.syndromes(fixed)) {
		return nil, ErrUncorrectable
	}
	// With many errors the locator can have roots that no erasure accounts
	// for; more of them than the bound allows is no correction.
	errors := 0
	for _, p := range changed {
		if !seen[p] {
			errors++
		}
	}
	if 2*errors+len(erased) > c.Check() {
		return nil, ErrUncorrectable
	}
	copy(word, fixed)
	return changed, nil
}

// syndromes returns word(α^b), word(α^(b+1)), …
func (c *Code) syndromes(word []byte) []byte {
	s := make([]byte, c.Check())
	for i := range s {
		s[i] = c.f.eval(word, c.f.alpha(c.first+i))
	}
	return s
}

// locate finds the polynomial whose roots are the inverse locations of all
// wrong symbols, lowest power first: Berlekamp and Massey's algorithm, started
// from the polynomial of the erasures.
func (c *Code) locate(syndromes []byte, n int, erased []int) ([]byte, bool) {
	f, check := c.f, c.Check()
	locator := make([]byte, check+1)
	locator[0] = 1
	for _, p := range erased {
		x := f.alpha(n - 1 - p)
		for j := check; j > 0; j-- {
			locator[j] ^= f.mul(locator[j-1], x)
		}
	}
	degree := len(erased)
	before := append([]byte(nil), locator...)
	for r := len(erased); r < check; r++ {
		// before is shifted once a step: x·before
		copy(before[1:], before)
		before[0] = 0
		var d byte
		for j := 0; j <= r; j++ {
			d ^= f.mul(locator[j], syndromes[r-j])
		}
		if d == 0 {
			continue
		}
		next := append([]byte(nil), locator...)
		for j := range next {
			next[j] ^= f.mul(d, before[j])
		}
		if 2*degree <= r+len(erased) {
			degree = r + 1 + len(erased) - degree
			for j := range before {
				before[j] = f.div(locator[j], d)
			}
		}
		locator = next
	}
	for len(locator) > 1 && locator[len(locator)-1] == 0 {
		locator = locator[:len(locator)-1]
	}
	return locator, len(locator)-1 == degree
}

// repair finds the locator's roots by trying every place, and the values there
// by Forney's formula. It returns the places whose symbol changed.
func (c *Code) repair(word, syndromes, locator []byte) ([]int, bool) {
	f, n, check := c.f, len(word), c.Check()
	// evaluator = syndromes · locator mod x^check, lowest power first
	evaluator := make([]byte, check)
	for i := range evaluator {
		for j := 0; j <= i && j < len(locator); j++ {
			evaluator[i] ^= f.mul(locator[j], syndromes[i-j])
		}
	}
	var changed []int
	roots := 0
	for p := range n {
		power := n - 1 - p
		inverse := f.alpha(f.order - power%f.order)
		var value, slope, y byte
		x := byte(1)
		for j, l := range locator {
			term := f.mul(l, x)
			value ^= term
			if j%2 == 1 { // the derivative of x^j is j·x^(j−1); multiplied by x here
				slope ^= term
			}
			x = f.mul(x, inverse)
		}
		if value != 0 {
			continue
		}
		roots++
		if slope == 0 {
			return nil, false
		}
		x = 1
		for _, e := range evaluator {
			y ^= f.mul(e, x)
			x = f.mul(x, inverse)
		}
		// Forney: X^(1−b) · evaluator(1/X) / locator'(1/X), and slope is
		// locator'(1/X)/X, so one more X leaves X^(−b).
		y = f.div(y, slope)
		y = f.mul(y, f.alpha(((f.order-power%f.order)*c.first)%f.order))
		if y != 0 {
			word[p] ^= y
			changed = append(changed, p)
		}
	}
	return changed, roots == len(locator)-1
}

func allZero(s []byte) bool {
	for _, x := range s {
		if x != 0 {
			return false
		}
	}
	return true
}
