package print

import "strings"

// header is the headline: what it is, which one, and whose.
func (l *layout) header(b *column) {
	small, most := 10.0, 2
	if l.large {
		small, most = 14, 3
	}
	if l.notReal {
		const size = 15.0
		b.box(b.x, 0, b.width, 9.6, black)
		w := b.text(b.x+4, 6.7, b.width, span{bold, l.words.NotReal}, size, white, "words") + 8
		w += b.text(b.x+w, 6.7, b.width, span{regular, l.words.Title}, size, white, "words") + 8
		b.textRight(b.x+b.width-4, 6.7, b.width-w, span{regular, l.sheetOf()}, size, white, "words")
		b.skip(9.6)
	} else {
		const size = 22.0
		w := b.text(b.x, 6.6, b.width, span{bold, l.words.Title}, size, black, "words") + 6
		b.textRight(b.x+b.width, 6.6, b.width-w, span{regular, l.sheetOf()}, size, black, "words")
		b.box(b.x, 9.6, b.width, 0.5, black)
		b.skip(9.6)
	}
	b.skip(1.6)
	right := 0.0
	baseline := b.y + (0.75+ascent/2)*small*point
	if made := l.made(); made != "" {
		right = b.textRight(b.x+b.width, baseline, b.width/2, span{regular, made}, small, black, "words") + 8
	}
	if l.holder == "" {
		w := b.text(b.x, baseline, b.width/3, span{regular, l.words.Holder}, small, black, "words")
		b.box(b.x+w+2, baseline+0.8, 85-w, 0.2, dark)
		b.skip(1.5 * small * point)
		return
	}
	name := column{x: b.x, y: b.y, width: b.width - right}
	if name.paragraph(small, 1.5, black, span{regular, l.words.Holder}, span{bold, " " + l.holder}) > most {
		b.long = "holder's name"
	}
	b.marks = append(b.marks, name.marks...)
	b.y = name.y
}

// lead is the two sentences, large.
func (l *layout) lead(b *column) {
	what, need := l.sentences()
	b.paragraph(l.scale.lead, 1.32, black, span{regular, what}, span{bold, " " + need})
}

// instructions are the duties, and the lines for whom to call.
func (l *layout) instructions(b *column) {
	duties := l.duties()
	if l.large || l.envelope {
		duties = duties[:len(duties)-1] // the last stands beside the secret
	}
	for _, d := range duties {
		b.paragraph(l.scale.body, 1.3, black, span{bold, d[0]}, span{regular, " " + d[1]})
		b.skip(1.2)
		if l.large {
			b.skip(l.scale.gap - 1.6)
		}
	}
	x, size, below := b.x, 6.5, 3.6
	if l.large {
		b.paragraph(l.scale.body, 1.3, black, span{bold, l.words.Call})
		b.skip(8.5)
		size, below = 10.5, 5
	} else {
		b.skip(5)
		x += b.text(b.x, b.y, b.width/2, span{bold, l.words.Call}, l.scale.body, black, "words") + 3
	}
	const number = 58.0 // for a long number in large handwriting
	b.line(x, b.x+b.width-number-4, l.words.CallName, size, below)
	b.line(b.x+b.width-number, b.x+b.width, l.words.CallNumber, size, below)
	b.skip(below)
}

// line is a line to write on, from x to end, with its name under it.
func (c *column) line(x, end float64, name string, size, below float64) {
	c.box(x, c.y+0.8, end-x, 0.2, black)
	c.text(x, c.y+below, end-x, span{regular, name}, size, dark, "words")
}

// fine sets paragraphs in small print and tells where each begins. The words up
// to the first full stop are the heading of a paragraph.
func (l *layout) fine(c *column, paragraphs []string) (starts []float64) {
	for _, text := range paragraphs {
		head, rest, _ := strings.Cut(text, ". ")
		starts = append(starts, c.y)
		c.paragraph(l.scale.fine, fineLeading, dark, span{bold, head + "."}, span{regular, " " + rest})
	}
	return starts
}

const fineLeading = 1.22

// beside is how many paragraphs of the small print stand beside the public
// code: the last ones.
func (l *layout) beside() int {
	if l.publicCode == nil || l.envelope {
		return 0
	}
	return 2
}

// without is the small print at the foot, in two columns.
func (l *layout) without(b *column) {
	const gutter = 6.0
	whole := column{width: (b.width - gutter) / 2}
	text := l.technical()
	starts := l.fine(&whole, text[:len(text)-l.beside()])
	b.paragraph(l.scale.fine+1.5, 1.3, black, span{bold, l.words.Without})
	b.skip(0.6)
	// All lines are of one height: the first half of them goes to the left. No
	// paragraph is cut one line before its end or after its beginning, unless
	// there is no room to spare.
	leading := fineLeading * l.scale.fine * point
	lines := int(whole.y/leading + 0.5)
	half := (lines + 1) / 2
	for _, start := range starts {
		line := int(start/leading + 0.5)
		if (line == half+1 || line == half-1) && l.scale != scales[len(scales)-1] {
			half = line
			break
		}
	}
	height := float64(half) * leading
	for _, m := range whole.marks {
		m.x += b.x
		if m.y >= height {
			m.x += whole.width + gutter
			m.y -= height
		}
		m.y += b.y
		b.marks = append(b.marks, m)
	}
	b.skip(float64(max(half, lines-half)) * leading)
}
