package print

import "meshkey/internal/qr"

// column is a part of a page while it is filled, from the top down.
type column struct {
	x, y, width float64
	marks       []mark
	// long is the first thing that was too long for its place.
	long string
}

// skip moves down by mm.
func (c *column) skip(mm float64) { c.y += mm }

// text puts one line with its baseline at y, and returns its width. what names
// it if it is wider than width.
func (c *column) text(x, y, width float64, s span, size float64, shade uint8, what string) float64 {
	w := measure(s.face, s.text) * size * point
	if w > width+0.01 && c.long == "" {
		c.long = what
	}
	c.marks = append(c.marks, mark{kind: textMark, x: x, y: y, w: w, shade: shade, text: s.text, face: s.face, size: size})
	return w
}

// textRight is text that ends at x.
func (c *column) textRight(x, y, width float64, s span, size float64, shade uint8, what string) float64 {
	return c.text(x-measure(s.face, s.text)*size*point, y, width, s, size, shade, what)
}

// box fills a rectangle.
func (c *column) box(x, y, w, h float64, shade uint8) {
	c.marks = append(c.marks, mark{kind: boxMark, x: x, y: y, w: w, h: h, shade: shade})
}

// frame draws the border of a rectangle, inside it.
func (c *column) frame(x, y, w, h, thick float64) {
	c.box(x, y, w, thick, black)
	c.box(x, y+h-thick, w, thick, black)
	c.box(x, y, thick, h, black)
	c.box(x+w-thick, y, thick, h, black)
}

// symbol puts a symbol, w wide without its quiet zone.
func (c *column) symbol(x, y, w float64, s *qr.Symbol) {
	c.marks = append(c.marks, mark{kind: symbolMark, x: x, y: y, w: w, h: w, symbol: s})
}

// paragraph sets spans in the column's width from y on, lines leading apart
// (a multiple of the size), and moves below them. It returns the number of lines.
func (c *column) paragraph(size, leading float64, shade uint8, spans ...span) int {
	em := size * point
	lines := wrap(spans, c.width/em)
	for _, line := range lines {
		baseline := c.y + (leading/2+ascent/2)*em
		x := c.x
		for len(line) > 0 {
			head := line[0]
			x += head.gap * em
			for line = line[1:]; len(line) > 0 && line[0].face == head.face; line = line[1:] {
				if line[0].gap > 0 {
					head.text += " "
				}
				head.text += line[0].text
			}
			x += c.text(x, baseline, c.width, head.span, size, shade, "")
		}
		c.y += leading * em
	}
	return len(lines)
}

// ascent is how far capitals rise above the baseline, in em, which centres a
// line of them on its leading.
const ascent = 0.72
