package print

import (
	"strconv"
	"strings"

	"meshkey/internal/qr"
)

// bar is the top of a panel: its word, and what the word means, light on dark
// if filled.
func (l *layout) bar(b *column, word, note string, filled bool) {
	ink := black
	if filled {
		ink = white
		b.box(b.x, b.y, b.width, l.barHeight(), black)
	}
	size, small := 13.0, 10.0
	if l.large {
		size, small = 16, 13
	}
	w := b.text(b.x+4, b.y+l.barHeight()-1.8, b.width, span{bold, word}, size, ink, "words")
	b.text(b.x+4+w+4, b.y+l.barHeight()-1.9, b.width-w-12, span{regular, note}, small, ink, "words")
	b.skip(l.barHeight())
}

// barHeight is how high a bar is.
func (l *layout) barHeight() float64 {
	if l.large {
		return 8
	}
	return 6.6
}

// secret is the panel with the share.
func (l *layout) secret(b *column) {
	l.bar(b, l.words.Secret, l.words.SecretNote, true)
	top := b.y
	quiet := quietZone(secretSize, l.secretCode)
	height := secretSize + 2*quiet + secretFrame
	x := b.x + max(inset, quiet+secretFrame)
	beside := &column{x: x + secretSize + max(gapW, quiet), y: top + 5}
	beside.width = b.x + b.width - beside.x - 5
	if l.notReal {
		l.watermark(beside, top+height/2, height)
	}
	l.letters(beside)
	beside.skip(2)
	beside.paragraph(8.5, 1.3, black, span{regular, l.how()})
	beside.skip(1)
	beside.paragraph(8.5, 1.3, dark, span{regular, l.fill(l.words.SecretText)})
	beside.skip(3)
	l.panel(b, beside, top, height, secretFrame)
	b.symbol(x, top+(b.y-secretFrame-top-secretSize)/2, secretSize, l.secretCode)
}

// letters are the share's rows: number, groups of four, check letters. The
// hyphens are small and light, so that the groups stand apart and yet a copied
// row is the share's text.
func (l *layout) letters(c *column) {
	size, leading := 16.5, 9.6
	numbers, column, caption, slash := 9.0, 6.0, 6.5, 10.0
	if len(l.rows) > 4 {
		size, leading = 15, 7.0
	}
	if l.large {
		size, leading = 26, 12.6
		numbers, column, caption, slash = 14, 10, 10.5, 15
		if len(l.rows) > 4 {
			size, leading = 24, 9.8
		}
	}
	letter := measure(monoBold, "M") * size * point
	end, small := c.x+c.width, size-3
	check := measure(mono, "MMMM") * small * point
	c.text(end-check, c.y+1.6, check+5, span{regular, l.words.Check}, caption, dark, "words")
	for _, r := range l.rows {
		c.skip(leading)
		c.text(c.x, c.y, column, span{regular, strconv.Itoa(r.number)}, numbers, dark, "row")
		x := c.x + column
		for i, group := range strings.Split(r.text, "-") {
			if i > 0 {
				hyphen := measure(mono, "-") * small / 2 * point
				c.text(x+(letter-hyphen)/2, c.y-0.2*letter, letter, span{mono, "-"}, small/2, dark, "row")
				x += letter
			}
			x += c.text(x, c.y, end-check-5-x, span{monoBold, group}, size, black, "row")
		}
		c.text(end-check-0.4*slash, c.y, 4, span{regular, "/"}, slash, dark, "row")
		c.text(end-check, c.y, check, span{mono, r.check}, small, dark, "row")
	}
	c.skip(3.2)
}

// public is the panel with what may be seen by anybody. A kit of shares only has
// none: the rest of the sheet says all there is.
func (l *layout) public(b *column) {
	if l.publicCode == nil && l.fingerprint == "" {
		return
	}
	l.bar(b, l.words.Public, l.words.PublicNote, false)
	top := b.y
	b.box(b.x, top, b.width, publicFrame, black)
	height, quiet, x := 0.0, 0.0, b.x+5
	if l.publicCode != nil {
		quiet = quietZone(publicSize, l.publicCode) + publicFrame
		height = publicSize + 2*quiet
		x = b.x + inset + publicSize + gapW
	}
	beside := &column{x: x, y: top + 5, width: b.x + b.width - x - 5}
	if l.notReal && l.publicCode != nil {
		l.watermark(beside, top+height/2, height)
	}
	if l.publicCode != nil && !l.envelope {
		beside.paragraph(9.5, 1.3, black, span{regular, l.words.PublicText})
		beside.skip(3)
	}
	l.table(beside)
	if l.envelope {
		beside.skip(4)
		pattern(beside, top+height-3.5)
	}
	if l.beside() > 0 {
		small := &column{x: x, width: beside.width}
		text := l.technical()
		l.fine(small, text[len(text)-l.beside():])
		beside.skip(2)
		if foot := top + height - quiet - small.y; beside.y < foot {
			beside.y = foot // level with the foot of the code
		}
		for _, m := range small.marks {
			m.y += beside.y
			beside.marks = append(beside.marks, m)
		}
		beside.skip(small.y)
	}
	beside.skip(3)
	l.panel(b, beside, top, height, publicFrame)
	if l.publicCode != nil {
		b.symbol(b.x+inset, top+(b.y-top-publicSize)/2, publicSize, l.publicCode)
	}
}

// table sets the facts, name by name.
func (l *layout) table(c *column) {
	small, size := 9.0, l.scale.body
	if l.large {
		small = 12
	}
	names := 0.0
	for _, f := range l.facts() {
		names = max(names, measure(regular, f.name)*small*point)
	}
	for _, f := range l.facts() {
		c.text(c.x, c.y+(1.45/2+ascent/2)*size*point, c.width, span{regular, f.name}, small, dark, "words")
		value := column{x: c.x + names + 4, y: c.y, width: c.width - names - 4}
		if value.paragraph(size, 1.45, black, span{f.face, f.value}) > 3 {
			c.long = f.what
		}
		c.marks = append(c.marks, value.marks...)
		c.y = value.y
	}
}

// panel closes a panel: it takes what stands beside the code, sees that it is
// not taller, and draws the frame, the bar included.
func (l *layout) panel(b, beside *column, top, height, thick float64) {
	if beside.long != "" {
		b.long = beside.long
	}
	b.marks = append(b.marks, beside.marks...)
	b.y = max(top+height, beside.y)
	b.frame(b.x, top-l.barHeight(), b.width, b.y-top+l.barHeight(), thick)
}

// watermark says that the sheet is not real, behind the words of a panel and
// away from its code.
func (l *layout) watermark(c *column, middle, height float64) {
	em := min(c.width/measure(bold, l.words.NotReal), height/2) // mm
	c.text(c.x, middle+ascent/2*em, c.width, span{bold, l.words.NotReal}, em/point, pale, "words")
}

// The thickness of the panels' frames: the secret one is seen first.
const secretFrame, publicFrame = 1.0, 0.3

// quietZone is the space a symbol needs on all sides, and a little more.
func quietZone(size float64, s *qr.Symbol) float64 {
	return qr.QuietZone*size/float64(s.Size) + 0.3
}
