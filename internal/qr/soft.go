package qr

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Bounds of the work.
const (
	maxTrios     = 30         // in a picture of one size
	maxPairs     = 24         // and two patterns with a third supposed
	maxDecoded   = 6          // of these, each
	maxSharpened = 2          // symbols that are deblurred, of all
	maxBudget    = 30_000_000 // samples taken to place symbols, of all
)

// Agreements with the modules of known colour.
const (
	perhaps = 0.15 // at least, before the corners are refined
	blurry  = 0.3  // at least, after it
	likely  = 0.42 // for a symbol in focus
	evident = 0.65 // there is a symbol
)

// softTo is the long side of the largest picture that is searched for finder
// patterns, if there are smaller ones.
const softTo = 2600

// carefully reads what the library did not, in pictures of several sizes, and
// tells whether the search is over.
func (s *search) carefully(sizes []plane) bool {
	for i, p := range sizes {
		if p.long() > softTo && i > 0 {
			break
		}
		s.soft.look(s, p)
		if s.soft.over() || len(s.found) > 0 {
			return s.ctx.Err() != nil || len(s.found) > 0
		}
	}
	s.soft.sharpen(s)
	return len(s.found) > 0
}

// soft reads symbols that the library does not: covered, stained, crumpled or
// blurred ones. It samples the modules with a confidence, and decodes with
// errors and erasures.
type soft struct {
	ctx     context.Context
	shapes  []Shape
	layouts [41]*layout
	budget  int
	blurred []fitted // what was not read
}

func (s *soft) layout(version int) *layout {
	if s.layouts[version] == nil {
		s.layouts[version] = newLayout(version)
	}
	return s.layouts[version]
}

// over tells whether the work has to end.
func (s *soft) over() bool { return s.budget < 0 || s.ctx.Err() != nil }

// look reads the symbols of one picture: those of which all three finder
// patterns show, else those of which two do.
func (s *soft) look(to *search, p plane) {
	if p.w < 2 || p.h < 2 {
		return
	}
	w, h := float64(p.w), float64(p.h)
	all := slices.DeleteFunc(findPatterns(p), func(m pattern) bool { return to.holds(m.x/w, m.y/h) })
	list := trios(all)
	if s.readAll(to, p, list[:min(len(list), maxTrios)]) {
		return
	}
	all = slices.DeleteFunc(all, func(m pattern) bool { return s.seen(p, m) })
	list = pairs(all)
	s.readAll(to, p, list[:min(len(list), maxPairs)])
}

// seen tells whether a pattern lies in a symbol of p that is evident, if
// unreadable.
func (s *soft) seen(p plane, m pattern) bool {
	w, h := float64(p.w), float64(p.h)
	return slices.ContainsFunc(s.blurred, func(f fitted) bool {
		return f.plane.w == p.w && f.score > evident && f.trio.place(w, h).holds(m.x/w, m.y/h)
	})
}

// readAll reads what fits best at the trios and tells whether that was
// anything.
func (s *soft) readAll(to *search, p plane, list []trio) bool {
	var all []fitted
	for i := range list {
		all = append(all, s.fit(p, &list[i])...)
	}
	slices.SortStableFunc(all, byScore)
	w, h := float64(p.w), float64(p.h)
	found, tries := false, 0
	var tried []fitted
	for _, f := range all {
		if s.over() || tries == maxDecoded {
			break
		}
		if to.holds(f.trio.corner.x/w, f.trio.corner.y/h) || slices.ContainsFunc(tried, f.same) {
			continue
		}
		if f.score < likely {
			tried = append(tried, f)
			continue
		}
		tries++
		if r, ok := s.decode(f); ok {
			to.keep(f.trio.place(w, h), r)
			found = true
			continue
		}
		tried = append(tried, f)
	}
	s.blurred = append(s.blurred, tried...)
	return found
}

// sharpen has another look at the likeliest symbols, which may be out of focus.
func (s *soft) sharpen(to *search) {
	slices.SortStableFunc(s.blurred, byScore)
	for i, f := range s.blurred[:min(len(s.blurred), maxSharpened)] {
		if i > 0 && f.score < s.blurred[0].score-0.2 {
			break
		}
		image := straighten(f.plane, f.corners, f.layout.size, nil)
		for _, sigma := range []float64{0.65, 0.8} {
			if s.over() {
				return
			}
			if r, ok := decodeModules(f.layout, image.deblur(f.layout, sigma), s.shapes); ok {
				to.keep(f.trio.place(float64(f.plane.w), float64(f.plane.h)), r)
				return
			}
		}
	}
}

// fitted is a symbol of some version where it agrees best with a picture.
type fitted struct {
	plane   plane
	trio    trio
	layout  *layout
	corners corners
	score   float32
}

func byScore(a, b fitted) int { return cmp.Compare(b.score, a.score) }

// same tells whether f and g are one symbol.
func (f *fitted) same(g fitted) bool {
	if f.layout != g.layout {
		return false
	}
	m := f.trio.module()
	for i, c := range f.corners {
		if math.Hypot(c.x-g.corners[i].x, c.y-g.corners[i].y) > m {
			return false
		}
	}
	return true
}

// fit returns the likely versions of a symbol at t.
func (s *soft) fit(p plane, t *trio) []fitted {
	var all []fitted
	m := t.module()
	from, to := t.versions()
	for v := from; v <= to && !s.over(); v++ {
		l := s.layout(v)
		q, score := s.spread(p, t.corners(l.size), l.probes, m, 3, 3)
		if score > perhaps {
			all = append(all, fitted{plane: p, trio: *t, layout: l, corners: q, score: score})
		}
	}
	slices.SortStableFunc(all, byScore)
	all = all[:min(len(all), 2)]
	for i := range all {
		f := &all[i]
		f.corners, f.score = s.spread(p, f.corners, f.layout.probes, m, 2, 0.5)
		f.corners, f.score = s.refine(p, f.corners, f.layout.probes, m, f.score)
	}
	return slices.DeleteFunc(all, func(f fitted) bool { return f.score < blurry })
}

// decode reads a symbol as it is and as on crumpled paper.
func (s *soft) decode(f fitted) (Reading, bool) {
	l := f.layout
	image := straighten(f.plane, f.corners, l.size, nil)
	if r, ok := decodeModules(l, image.modules(l), s.shapes); ok {
		return r, true
	}
	for _, reach := range []float32{0.4, 0.6} {
		bent := straighten(f.plane, f.corners, l.size, image.relax(l, reach))
		if r, ok := decodeModules(l, bent.modules(l), s.shapes); ok {
			return r, true
		}
		if f.score < evident {
			break
		}
	}
	return Reading{}, false
}

// margin is the redundancy left in a symbol that the library reads.
func (s *soft) margin(m modules) float64 {
	r, _ := decodeModules(s.layout((m.size-17)/4), m, s.shapes)
	return r.Margin
}
