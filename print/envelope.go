package print

// asEnvelope lays out a page to be folded in three like a Z. Seen from the
// printed side, the lower third goes up over the middle one, so that the printed
// sides of both lie on each other; then the upper third goes back behind the
// middle one, so that its printed side is outside:
//
//	back of the lower third      outside
//	printed side of the lower    public code, facts, a pattern
//	printed side of the middle   the secret
//	back of the middle
//	back of the upper
//	printed side of the upper    outside: whose, what to do, whom to call
//
// Between the secret and the world there is the lower third on the one side, with
// the public code before the secret one and a pattern before the rows, and two
// layers on the other. The second page has no secret. Printed on the back of the
// first, its lower third, a pattern, is the outside over the secret; printed on
// paper of its own it does no harm.
func (l *layout) asEnvelope(paper Paper) ([]*page, error) {
	first, second := newPage(paper), newPage(paper)
	third := first.height / 3
	middle := []func(*column){l.secret, l.photo}
	lower := []func(*column){l.public}
	if l.publicCode == nil {
		middle = []func(*column){l.secret}
		lower = []func(*column){l.photo, func(b *column) { l.public(b); b.skip(4); pattern(b, third-edge-25) }}
	}
	for _, part := range []struct {
		top, foot float64
		blocks    []func(*column)
	}{
		{edge, third - foldClear, []func(*column){l.header, l.closed, l.outside, l.instructions}},
		{2*third - secretAbove, 2*third - foldClear, middle},
		{2*third + foldClear/2, first.height - edge, lower},
	} {
		if err := l.place(first, part.top, part.foot, part.blocks...); err != nil {
			return nil, err
		}
	}
	fold(first, third, l.words.FoldSecond)
	fold(first, 2*third, l.words.FoldFirst)

	words := *l
	words.scale = scale{13, 11, 10, 4}
	if err := words.place(second, edge, 2*third-foldClear, words.secondHeader, words.lead, words.about, words.without); err != nil {
		return nil, err
	}
	cover := &column{x: (second.width - width) / 2, y: 2*third + foldClear/2, width: width}
	pattern(cover, second.height-edge)
	second.marks = append(second.marks, cover.marks...)
	return []*page{first, second}, nil
}

const (
	// foldClear is what is left free before a fold; behind it half of that.
	foldClear = 5.0
	// secretAbove is how far above its fold the middle third begins: so far that
	// the rows come to lie on the pattern. It fits Letter just so.
	secretAbove = 90.6
)

// fold draws a line to fold along, with words above it.
func fold(p *page, y float64, words string) {
	c := &column{x: (p.width - width) / 2, width: width}
	c.box(c.x, y-0.1, width, 0.2, dark)
	const size = 7.0
	c.text(c.x, y-1.2, width, span{regular, words}, size, dark, "words")
	p.marks = append(p.marks, c.marks...)
}

// closed says that the sheet is not to be opened.
func (l *layout) closed(b *column) { l.bar(b, l.words.Closed, l.words.ClosedNote, true) }

// outside is lead for everybody's eyes: it names no account, and does not tell
// that a sheet is enough alone.
func (l *layout) outside(b *column) {
	stranger := *l.content
	stranger.address = ""
	what, need := (&layout{content: &stranger, words: l.words}).sentences()
	if l.need == 1 {
		need = ""
	}
	b.paragraph(l.scale.body+0.5, 1.3, black, span{regular, what}, span{bold, " " + need})
}

// about says what the public code is for.
func (l *layout) about(b *column) {
	if l.publicCode != nil {
		b.paragraph(l.scale.body, 1.3, black, span{bold, l.words.Public + "."}, span{regular, " " + l.words.PublicText})
	}
}

// photo is the duty that belongs to the secret.
func (l *layout) photo(b *column) {
	duties := l.duties()
	d := duties[len(duties)-1]
	b.paragraph(l.scale.body, 1.3, black, span{bold, d[0]}, span{regular, " " + d[1]})
}

// pattern fills a column to its foot with signs upon signs, none of which is a
// letter of a share, as tall as its rows: what shines through from behind is lost
// among them. It is the same on all sheets.
func pattern(c *column, foot float64) {
	const (
		signs   = "#%&@$§+=<>?!"
		size    = 14.0
		leading = 2.2 // half of what the signs are tall, so that they cover each other
	)
	random := chance(0x2545f4914f6cdd1d)
	runes := []rune(signs)
	letter := measure(monoBold, "#") * size * point
	n := int(c.width/letter - 0.5)
	for y := c.y + ascent*size*point; y+0.22*size*point <= foot; y += leading {
		line := make([]rune, n)
		for i := range line {
			line[i] = runes[random.next()%uint64(len(runes))]
		}
		c.marks = append(c.marks, mark{kind: textMark, x: c.x + float64(random.next()%8)/16*letter, y: y,
			w: float64(n) * letter, shade: veil, text: string(line), face: monoBold, size: size})
	}
	c.y = max(c.y, foot)
}
