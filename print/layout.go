package print

// The grid, in millimetres.
const (
	edge  = 12.5  // free at the top and bottom, and at the sides of A4; no printer needs more
	width = 185.0 // of all that is printed, on both papers

	secretSize = 51.0 // the secret code, without its quiet zone
	publicSize = 61.5 // the public code
	inset      = 6.6  // between a panel's edge and its code, across
	gapW       = 7.0  // between the code and what stands beside it
)

// scale is the sizes of type, in points, and the least space between the blocks
// of a sheet, in millimetres. They change together.
type scale struct{ lead, body, fine, gap float64 }

// scales are tried from the largest down. At the last the words are still read
// at arm's length, and the small print still without a glass.
var scales = []scale{
	{13, 11, 7.2, 4},
	{12.5, 10.5, 7, 4},
	{12, 10, 6.8, 3.6},
	{11.5, 9.7, 6.6, 3.2},
	{11, 9.3, 6.4, 2.8},
	{10.5, 9, 6.2, 2.5},
	{10, 8.7, 6, 2.2},
}

// mostGap is the most space between blocks; more is left above the small print.
const mostGap = 7

// largeScales are the scales of large print.
var largeScales = []scale{
	{18, 16, 11, 4},
	{17, 15, 10.5, 4},
	{16, 14.5, 10, 3.5},
	{16, 14, 9.5, 3},
	{15, 14, 9, 2.2},
	{14, 14, 8.5, 1.6},
}

// compose lays out the sheets of a set, all at the largest scale at which each
// of them fits.
func compose(all []*content, w *catalogue, o Options) ([][]*page, error) {
	sheets := make([][]*page, len(all))
	var err error
	from := scales
	if o.Large {
		from = largeScales
	}
	for _, s := range from {
		for i, c := range all {
			if sheets[i], err = composeAt(c, w, o, s); err != nil {
				break
			}
		}
		if err == nil {
			return sheets, nil
		}
	}
	return nil, err
}

func composeAt(c *content, w *catalogue, o Options, s scale) ([]*page, error) {
	l := &layout{c, w, s, o.Large, o.Envelope}
	switch {
	case o.Large:
		return l.inLargePrint(o.Paper)
	case o.Envelope:
		return l.asEnvelope(o.Paper)
	}
	p := newPage(o.Paper)
	return []*page{p}, l.place(p, edge, p.height-edge, l.header, l.lead, l.instructions, l.secret, l.public, l.without)
}

// place puts blocks on a page from top to foot, as far apart as each other. The
// last of several stands at the foot.
func (l *layout) place(p *page, top, foot float64, builds ...func(*column)) error {
	var blocks []*column
	free := foot - top
	for _, build := range builds {
		b := &column{x: (p.width - width) / 2, width: width}
		build(b)
		if b.long != "" {
			return &FitError{b.long}
		}
		if b.y > 0 {
			blocks = append(blocks, b)
			free -= b.y
		}
	}
	gap := free / float64(max(1, len(blocks)-1))
	if gap < l.scale.gap && len(blocks) > 1 || gap < 0 {
		return &FitError{"text"}
	}
	for i, b := range blocks {
		if i == len(blocks)-1 && i > 0 {
			top = foot - b.y
		}
		for _, m := range b.marks {
			m.y += top
			p.marks = append(p.marks, m)
		}
		top += b.y + min(gap, mostGap)
	}
	return nil
}

// layout builds the blocks of a sheet, each in a column whose top is 0.
type layout struct {
	*content
	words *catalogue
	scale scale
	// large and envelope are those of Options.
	large, envelope bool
}
