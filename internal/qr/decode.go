package qr

import (
	"cmp"
	"context"
	"image"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// Reading is what one symbol says.
type Reading struct {
	Text string
	// Margin is how much of the redundancy was not needed: 1 for a symbol
	// without a fault, near 0 for one that was just read. Of the blocks of a
	// symbol it is that of the worst; an error takes two check codewords of it, a
	// codeword known to be unreadable one.
	Margin float64
}

// Shape tells whether a text is of a form so strict that other texts hardly
// have it by chance: say once in 2^20 for ten octets. A symbol of which next to
// nothing is left is believed only if its text fits.
type Shape func(text string) bool

// Decode returns the symbols on img, each text once, from the top of the
// picture to the bottom; none if there are none. It tries the picture in
// several sizes, small ones first since averaging takes noise away, with a
// local and a global threshold, as it is and as a negative, and mirrored. What
// the library does not read this way is read module by module, with errors and
// erasures.
//
// It stops when something was found, enough agrees that nothing is missing,
// and no marks of a further symbol are in sight; also when ctx is done. enough
// is called with all texts found so far; nil stands for a function that is
// always satisfied.
func Decode(ctx context.Context, img *image.Gray, enough func(texts []string) bool, shapes ...Shape) []Reading {
	if enough == nil {
		enough = func([]string) bool { return true }
	}
	s := &search{ctx: ctx, enough: enough, decoder: decoder.NewDecoder()}
	s.soft = soft{ctx: ctx, shapes: shapes, budget: maxBudget}
	s.run(planeOf(img))
	slices.SortStableFunc(s.found, func(a, b place) int { return cmp.Compare(a.middle(), b.middle()) })
	out := make([]Reading, len(s.found))
	for i, f := range s.found {
		out[i] = f.Reading
	}
	return out
}

// search is the state of one Decode.
type search struct {
	ctx     context.Context
	enough  func([]string) bool
	decoder *decoder.Decoder
	soft    soft
	found   []place
	unread  bool // the last picture holds marks of a symbol that was not read
}

// Sizes of the long side in pixels.
const (
	largest  = 5000 // larger pictures are halved: paper is not that sharp
	smallest = 700  // below, an A4 page has too few pixels a module
	tiny     = 150  // below, a single symbol has too few
	fewest   = 21   // of the short side: the smallest symbol has so many modules
)

// sharp is the module size, in pixels, from which a symbol with modules a third
// as large would have been read too.
const sharp = 6

// run goes down the ladder until the search is over.
func (s *search) run(p plane) {
	for p.long() > largest && p.short() >= 2*fewest {
		p = p.halve()
	}
	if p.short() < fewest {
		return
	}
	sizes := []plane{p}
	for sizes[0].long() >= 2*smallest && sizes[0].short() >= 2*fewest {
		sizes = slices.Insert(sizes, 0, sizes[0].halve())
	}
	for _, p := range sizes {
		if s.look(p) {
			return
		}
	}
	if s.settled() {
		return
	}
	small := sizes[:1+len(sizes)/2]
	for _, p := range small {
		if s.look(p.negative()) {
			return
		}
	}
	if s.carefully(sizes) {
		return
	}
	for q := sizes[0]; q.long() >= 2*tiny && q.short() >= 2*fewest; { // a single symbol with much noise
		if q = q.halve(); s.look(q) {
			return
		}
	}
	for _, p := range sizes[len(small):] {
		if s.look(p.negative()) {
			return
		}
	}
	for _, long := range []int{1600, 1000, 2400, 700, 3200} {
		if s.settled() {
			return
		}
		if long > 2*p.long() {
			continue
		}
		if q := p.fit(long); q.short() >= fewest && (s.look(q) || s.look(q.negative())) {
			return
		}
	}
}

func (s *search) texts() []string {
	out := make([]string, len(s.found))
	for i, f := range s.found {
		out[i] = f.Text
	}
	return out
}

// settled tells whether something was found and nothing more is in sight.
func (s *search) settled() bool { return len(s.found) > 0 && !s.unread }

// look searches p with both thresholds and tells whether the search is over.
func (s *search) look(p plane) bool {
	for _, threshold := range []func(plane) *gozxing.BitMatrix{plane.local, plane.global} {
		if m := threshold(p); m != nil {
			s.picture(m)
		}
		if s.over(p) {
			return true
		}
	}
	return false
}

// over tells whether to stop after a picture of the size of p.
func (s *search) over(p plane) bool {
	if s.ctx.Err() != nil {
		return true
	}
	return s.settled() && (s.sharp(p) || s.enough(s.texts()))
}

// sharp tells whether in p the modules of all symbols found are so large that
// symbols with much smaller ones would have been read too.
func (s *search) sharp(p plane) bool {
	return !slices.ContainsFunc(s.found, func(f place) bool { return f.module*float64(p.w) < sharp })
}

// picture reads the symbols of one picture in black and white.
func (s *search) picture(m *gozxing.BitMatrix) {
	w, h := float64(m.GetWidth()), float64(m.GetHeight())
	marks := findMarks(m)
	for _, f := range s.found {
		f.claim(marks, w, h)
	}
	tries := 0
	s.unread = false
	for _, t := range threes(marks) {
		if t.used() {
			continue
		}
		if tries++; tries > maxTries || s.ctx.Err() != nil {
			break
		}
		r, ok := s.read(m, &t)
		if !ok {
			s.unread = s.unread || t.sure()
			continue
		}
		f := t.place(w, h)
		f.claim(marks, w, h)
		s.keep(f, r)
	}
}

// keep notes what was read at f, unless it is known.
func (s *search) keep(f place, r Reading) {
	if !slices.Contains(s.texts(), r.Text) {
		f.Reading = r
		s.found = append(s.found, f)
	}
}

// holds tells whether a point, in parts of the picture's width and height, lies
// in a symbol that was read.
func (s *search) holds(x, y float64) bool {
	return slices.ContainsFunc(s.found, func(f place) bool { return f.holds(x, y) })
}

// read decodes the symbol whose eyes are t.
func (s *search) read(m *gozxing.BitMatrix, t *three) (r Reading, ok bool) {
	// The library was written for a language that throws: on odd pictures it
	// indexes beyond its slices.
	defer func() {
		if recover() != nil {
			r, ok = Reading{}, false
		}
	}()
	grids(m, t.eyes(), func(bits *gozxing.BitMatrix) bool {
		seen := modulesOf(bits) // the library takes the mask off in place
		result, err := s.decoder.Decode(bits, nil)
		if err == nil {
			r, ok = Reading{result.GetText(), s.soft.margin(seen)}, true
		}
		return ok
	})
	return r, ok
}
