package print

// The grid, in millimetres.
const (
	edge  = 12.5  // free at the top and bottom, and at the sides of A4; no printer needs more
	width = 185.0 // of all that is printed, on both papers

	secretSize = 51.0 // the secret code, without its quiet zone
	publicSize = 61.5 // the public code
	inset      = 6.6  // between a panel's edge and its code, across
	barH       = 6.6  // the bar at the top of a panel
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

// compose lays out the sheets of a set, all at the largest scale at which each
// of them fits.
func compose(all []*content, w *catalogue, o Options) ([][]*page, error) {
	sheets := make([][]*page, len(all))
	var err error
	for _, s := range scales {
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
	p := newPage(o.Paper)
	left := (p.width - width) / 2
	l := layout{c, w, s}
	var blocks []*column
	height := 0.0
	for _, build := range []func(*column){l.header, l.lead, l.instructions, l.secret, l.public, l.without} {
		b := &column{x: left, width: width}
		build(b)
		if b.long != "" {
			return nil, &FitError{b.long}
		}
		if b.y > 0 {
			blocks = append(blocks, b)
			height += b.y
		}
	}
	free := (p.height - 2*edge - height) / float64(len(blocks)-1)
	if free < s.gap {
		return nil, &FitError{"text"}
	}
	y := edge
	for i, b := range blocks {
		if i == len(blocks)-1 {
			y = p.height - edge - b.y // the small print stands at the foot
		}
		for _, m := range b.marks {
			m.y += y
			p.marks = append(p.marks, m)
		}
		y += b.y + min(free, mostGap)
	}
	return []*page{p}, nil
}

// layout builds the blocks of a sheet, each in a column whose top is 0.
type layout struct {
	*content
	words *catalogue
	scale scale
}
