package qr

import (
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// What a module of a symbol is for.
const (
	forData  = iota // a bit of a codeword, or a remainder bit
	isLight         // of a function pattern
	isDark          // of a function pattern
	forOther        // format or version information
)

// layout is the plan of a version: what each module is for, and where the
// codewords lie. ISO/IEC 18004, Sections 6.3 and 7.7.
type layout struct {
	version *decoder.Version
	size    int
	kind    []byte  // size by size, row by row
	order   []int32 // the module of each bit of the codewords, the highest bit of the first one first
	probes  []probe
}

// newLayout panics if version is none of 1 to 40.
func newLayout(version int) *layout {
	v, err := decoder.Version_GetVersionForNumber(version)
	if err != nil {
		panic(err)
	}
	n := v.GetDimensionForVersion()
	l := &layout{version: v, size: n, kind: make([]byte, n*n)}
	l.timing()
	l.finders()
	l.alignments()
	l.information()
	l.place()
	l.probe()
	return l
}

// set notes a module of a function pattern; outside the symbol it is none.
func (l *layout) set(x, y int, dark bool) {
	if x < 0 || y < 0 || x >= l.size || y >= l.size {
		return
	}
	l.kind[y*l.size+x] = isLight
	if dark {
		l.kind[y*l.size+x] = isDark
	}
}

// square draws rings around a module, of which one or two are light.
func (l *layout) square(cx, cy, radius int, light, outer int) {
	for dy := -radius; dy <= radius; dy++ {
		for dx := -radius; dx <= radius; dx++ {
			d := max(dx, -dx, dy, -dy)
			l.set(cx+dx, cy+dy, d != light && d != outer)
		}
	}
}

func (l *layout) timing() {
	for i := range l.size {
		l.set(i, 6, i%2 == 0)
		l.set(6, i, i%2 == 0)
	}
}

// finders draws the finder patterns with their separators.
func (l *layout) finders() {
	l.square(3, 3, 4, 2, 4)
	l.square(l.size-4, 3, 4, 2, 4)
	l.square(3, l.size-4, 4, 2, 4)
}

func (l *layout) alignments() {
	last := l.size - 7
	for _, y := range l.version.GetAlignmentPatternCenters() {
		for _, x := range l.version.GetAlignmentPatternCenters() {
			if x+y == 12 || x == 6 && y == last || x == last && y == 6 {
				continue // a finder pattern is there
			}
			l.square(x, y, 2, 1, 1)
		}
	}
}

// information reserves the modules of the format and version information, and
// sets the one dark module beside them.
func (l *layout) information() {
	for _, places := range formatPlaces(l.size) {
		for _, p := range places {
			l.kind[p] = forOther
		}
	}
	l.set(8, l.size-8, true)
	if l.version.GetVersionNumber() < 7 {
		return
	}
	for i := range 6 {
		for j := l.size - 11; j < l.size-8; j++ {
			l.kind[j*l.size+i], l.kind[i*l.size+j] = forOther, forOther
		}
	}
}

// place finds the modules of the codewords: columns of two from the right,
// upwards and downwards in turn, passing over the timing pattern.
func (l *layout) place() {
	up := true
	for x := l.size - 1; x > 0; x -= 2 {
		if x == 6 {
			x--
		}
		for i := range l.size {
			y := i
			if up {
				y = l.size - 1 - i
			}
			for _, at := range [2]int{y*l.size + x, y*l.size + x - 1} {
				if l.kind[at] == forData {
					l.order = append(l.order, int32(at))
				}
			}
		}
		up = !up
	}
}

// probe is the middle of a module whose colour is known.
type probe struct {
	u, v float32 // in parts of the symbol's side
	sign float32 // positive for a light one; how much it counts
}

// probe lists the modules of known colour and a ring of the quiet zone.
func (l *layout) probe() {
	n := float32(l.size)
	add := func(x, y int, sign float32) {
		l.probes = append(l.probes, probe{(float32(x) + 0.5) / n, (float32(y) + 0.5) / n, sign})
	}
	for i, k := range l.kind {
		switch k {
		case isLight:
			add(i%l.size, i/l.size, 1)
		case isDark:
			add(i%l.size, i/l.size, -1)
		}
	}
	for i := -1; i <= l.size; i++ { // what lies around a symbol may be no paper
		add(i, -1, 0.5)
		add(-1, i, 0.5)
		add(i, l.size, 0.5)
		add(l.size, i, 0.5)
	}
}
