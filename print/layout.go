package print

import (
	"slices"
	"strconv"
	"strings"

	"meshkey/internal/qr"
)

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

// scale are the sizes of type that change together, in points.
type scale struct{ lead, body, fine float64 }

// scales are tried from the largest down. At the last the words are still read
// at arm's length, and the small print still without a glass.
var scales = []scale{
	{13, 11, 7.2},
	{12.5, 10.5, 7},
	{12, 10, 6.8},
	{11.5, 9.7, 6.6},
	{11, 9.3, 6.4},
	{10.5, 9, 6.2},
	{10, 8.7, 6},
}

// compose lays out a sheet at the largest scale that fits.
func compose(c *content, w *catalogue, paper Paper) (*page, error) {
	var err error
	for _, s := range scales {
		var p *page
		if p, err = composeAt(c, w, paper, s); err == nil {
			return p, nil
		}
	}
	return nil, err
}

func composeAt(c *content, w *catalogue, paper Paper, s scale) (*page, error) {
	p := newPage(paper)
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
	const least, most = 2.5, 7.0
	free := (p.height - 2*edge - height) / float64(len(blocks)-1)
	if free < least {
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
		y += b.y + min(free, most)
	}
	return p, nil
}

// layout builds the blocks of a sheet, each in a column whose top is 0.
type layout struct {
	*content
	words *catalogue
	scale scale
}

// fill puts what differs from sheet to sheet into a text.
func (l *layout) fill(text string) string {
	return fill(text,
		"{index}", strconv.Itoa(l.index), "{need}", strconv.Itoa(l.need), "{of}", strconv.Itoa(l.of),
		"{address}", noBreak(l.address), "{len}", strconv.Itoa(l.secretLen), "{sharelen}", strconv.Itoa(l.secretLen+2),
		"{bits}", strconv.Itoa(8*l.secretLen), "{type}", strconv.Itoa(int(l.typeOctet)))
}

// noBreak keeps a name in one line while it fits one.
func noBreak(text string) string { return strings.ReplaceAll(text, " ", "\u00a0") }

// byNeed chooses between three texts.
func (l *layout) byNeed(some, all, one string) string {
	switch {
	case l.need == 1:
		return l.fill(one)
	case l.need == l.of:
		return l.fill(all)
	default:
		return l.fill(some)
	}
}

func (l *layout) sheetOf() string {
	if l.added {
		return l.fill(l.words.SheetAdded)
	}
	return l.fill(l.words.Sheet)
}

// made is the set's name and date, as far as there are any.
func (l *layout) made() string {
	var parts []string
	if l.set != "" {
		parts = append(parts, l.words.Set+"\u00a0"+l.set)
	}
	if !l.date.IsZero() {
		parts = append(parts, l.words.date(l.date))
	}
	return strings.Join(parts, "  ·  ")
}

// header is the headline: what it is, which one, and whose.
func (l *layout) header(b *column) {
	const small = 10.0
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
	if name.paragraph(small, 1.5, black, span{regular, l.words.Holder}, span{bold, " " + l.holder}) > 2 {
		b.long = "holder's name"
	}
	b.marks = append(b.marks, name.marks...)
	b.y = name.y
}

// sentences are the two that a stranger must read: what this is, and what it
// can do alone.
func (l *layout) sentences() (what, need string) {
	what = l.words.WhatSecret
	switch {
	case l.address != "":
		what = l.words.WhatAddress
	case l.fingerprint != "":
		what = l.words.WhatAccount
	}
	return l.fill(what), l.byNeed(l.words.NeedSome, l.words.NeedAll, l.words.NeedOne)
}

// duties are what a holder has to do: a heading and a few sentences each.
func (l *layout) duties() [][2]string {
	keep := [2]string{l.words.Keep, l.words.KeepText}
	if l.need == 1 {
		keep[1] = l.words.KeepOne
	}
	if l.notReal {
		keep = [2]string{l.words.NotReal + ".", l.words.NotRealText}
	}
	return [][2]string{keep, {l.words.Asked, l.words.AskedText}, {l.words.Photo, l.words.PhotoText}}
}

// how says how the secret comes back.
func (l *layout) how() string {
	if l.need == 1 {
		return l.fill(l.words.SecretOne)
	}
	return l.fill(l.words.SecretSet)
}

// fact is something public and its name.
type fact struct {
	name, value string
	what        string // for errors
	face        face
}

// facts are what is public, without what the header says.
func (l *layout) facts() []fact {
	needed := l.byNeed(l.words.RecoverSome, l.words.RecoverAll, l.words.RecoverOne)
	if l.sealed {
		needed += "; " + l.words.Sealed
	}
	all := []fact{
		{l.words.Account, l.fingerprint, "fingerprint", monoBold},
		{l.words.Address, l.address, "address", regular},
		{l.words.Service, l.service, "service", regular},
		{l.words.Recover, needed, "words", regular},
	}
	return slices.DeleteFunc(all, func(f fact) bool { return f.value == "" })
}

// technical is what a programmer needs to do without this program.
func (l *layout) technical() []string {
	all := []string{l.words.DoShare, l.words.DoBytes, l.words.DoLetters}
	if l.fingerprint != "" && l.secretLen == 35 {
		all = []string{l.words.DoShare, l.words.DoSeed, l.words.DoAccount, l.words.DoLetters}
	}
	if l.certificate != "" {
		all = append(all, l.words.DoPublic)
	}
	for i := range all {
		all[i] = l.fill(all[i])
	}
	return all
}

// lead is the two sentences, large.
func (l *layout) lead(b *column) {
	what, need := l.sentences()
	b.paragraph(l.scale.lead, 1.32, black, span{regular, what}, span{bold, " " + need})
}

// instructions are the duties, and the lines for whom to call.
func (l *layout) instructions(b *column) {
	for _, d := range l.duties() {
		b.paragraph(l.scale.body, 1.3, black, span{bold, d[0]}, span{regular, " " + d[1]})
		b.skip(1.2)
	}
	b.skip(5)
	x := b.x + b.text(b.x, b.y, b.width/2, span{bold, l.words.Call}, l.scale.body, black, "words") + 3
	const number = 58.0 // for a long number in large handwriting
	b.line(x, b.x+b.width-number-4, l.words.CallName)
	b.line(b.x+b.width-number, b.x+b.width, l.words.CallNumber)
	b.skip(3.6)
}

// line is a line to write on, from x to end, with its name under it.
func (c *column) line(x, end float64, name string) {
	c.box(x, c.y+0.8, end-x, 0.2, black)
	c.text(x, c.y+3.6, end-x, span{regular, name}, 6.5, dark, "words")
}

// bar is the top of a panel: its word, and what the word means.
func (l *layout) bar(b *column, word, note string, shade uint8) {
	ink := black
	if shade == black {
		ink = white
	}
	b.box(b.x, b.y, b.width, barH, shade)
	w := b.text(b.x+4, b.y+4.8, b.width, span{bold, word}, 13, ink, "words")
	b.text(b.x+4+w+4, b.y+4.7, b.width-w-12, span{regular, note}, 10, ink, "words")
	b.skip(barH)
}

// secret is the panel with the share.
func (l *layout) secret(b *column) {
	l.bar(b, l.words.Secret, l.words.SecretNote, black)
	top := b.y
	height := secretSize + 2*quiet(secretSize, l.secretCode)
	beside := &column{x: b.x + inset + secretSize + gapW, y: top + 5}
	beside.width = b.x + b.width - beside.x - 5
	if l.notReal {
		l.watermark(beside, top+height/2, height)
	}
	l.letters(beside)
	beside.skip(2)
	beside.paragraph(8.5, 1.3, black, span{regular, l.how()})
	beside.skip(1)
	beside.paragraph(8.5, 1.3, dark, span{regular, l.fill(l.words.SecretText)})
	l.panel(b, beside, top, height, 1.0)
	b.symbol(b.x+inset, top+(b.y-top-secretSize)/2, secretSize, l.secretCode)
}

// letters are the share's rows: number, groups of four, check letters. The
// hyphens are small and light, so that the groups stand apart and yet a copied
// row is the share's text.
func (l *layout) letters(c *column) {
	size, leading := 16.5, 9.6
	if len(l.rows) > 4 {
		size, leading = 15, 7.0
	}
	letter := measure(monoBold, "M") * size * point
	end, small := c.x+c.width, size-3
	check := measure(mono, "MMMM") * small * point
	c.text(end-check, c.y+1.6, check+5, span{regular, l.words.Check}, 6.5, dark, "words")
	for _, r := range l.rows {
		c.skip(leading)
		c.text(c.x, c.y, 6, span{regular, strconv.Itoa(r.number)}, 9, dark, "row")
		x := c.x + 6
		for i, group := range strings.Split(r.text, "-") {
			if i > 0 {
				hyphen := measure(mono, "-") * small / 2 * point
				c.text(x+(letter-hyphen)/2, c.y-0.2*letter, letter, span{mono, "-"}, small/2, dark, "row")
				x += letter
			}
			x += c.text(x, c.y, end-check-5-x, span{monoBold, group}, size, black, "row")
		}
		c.text(end-check-4, c.y, 4, span{regular, "/"}, 10, dark, "row")
		c.text(end-check, c.y, check, span{mono, r.check}, small, dark, "row")
	}
	c.skip(3.2)
}

// public is the panel with what may be seen by anybody.
func (l *layout) public(b *column) {
	l.bar(b, l.words.Public, l.words.PublicNote, white)
	top := b.y
	b.box(b.x, top, b.width, 0.3, black)
	height, x := 0.0, b.x+5
	if l.publicCode != nil {
		height = publicSize + 2*quiet(publicSize, l.publicCode)
		x = b.x + inset + publicSize + gapW
	}
	beside := &column{x: x, y: top + 5, width: b.x + b.width - x - 5}
	if l.notReal && l.publicCode != nil {
		l.watermark(beside, top+height/2, height)
	}
	note := l.words.PublicBare
	if l.publicCode != nil {
		note = l.words.PublicText
	}
	beside.paragraph(9.5, 1.3, black, span{regular, note})
	beside.skip(3)
	l.table(beside)
	if l.publicCode != nil {
		small := &column{x: x, width: beside.width}
		text := l.technical()
		l.fine(small, text[len(text)-l.beside():])
		beside.skip(2)
		if foot := top + height - quiet(publicSize, l.publicCode) - small.y; beside.y < foot {
			beside.y = foot // level with the foot of the code
		}
		for _, m := range small.marks {
			m.y += beside.y
			beside.marks = append(beside.marks, m)
		}
		beside.skip(small.y)
	}
	beside.skip(3)
	l.panel(b, beside, top, height, 0.3)
	if l.publicCode != nil {
		b.symbol(b.x+inset, top+(b.y-top-publicSize)/2, publicSize, l.publicCode)
	}
}

// table sets the facts, name by name.
func (l *layout) table(c *column) {
	const small = 9
	size := l.scale.body
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
	b.frame(b.x, top-barH, b.width, b.y-top+barH, thick)
}

// watermark says that the sheet is not real, behind the words of a panel and
// away from its code.
func (l *layout) watermark(c *column, middle, height float64) {
	em := min(c.width/measure(bold, l.words.NotReal), height/2) // mm
	c.text(c.x, middle+ascent/2*em, c.width, span{bold, l.words.NotReal}, em/point, pale, "words")
}

// fine sets paragraphs in small print. The words up to the first full stop are
// the heading of a paragraph.
func (l *layout) fine(c *column, paragraphs []string) {
	for _, text := range paragraphs {
		head, rest, _ := strings.Cut(text, ". ")
		c.paragraph(l.scale.fine, fineLeading, dark, span{bold, head + "."}, span{regular, " " + rest})
	}
}

const fineLeading = 1.22

// beside is how many paragraphs of the small print stand beside the public
// code: the last ones.
func (l *layout) beside() int {
	if l.publicCode == nil {
		return 0
	}
	return 2
}

// without is the small print at the foot, in two columns.
func (l *layout) without(b *column) {
	const gutter = 6.0
	whole := column{width: (b.width - gutter) / 2}
	text := l.technical()
	l.fine(&whole, text[:len(text)-l.beside()])
	b.paragraph(l.scale.fine+1.5, 1.3, black, span{bold, l.words.Without})
	b.skip(0.6)
	// All lines are of one height: the first half of them goes to the left.
	leading := fineLeading * l.scale.fine * point
	lines := int(whole.y/leading + 0.5)
	half := float64((lines+1)/2) * leading
	for _, m := range whole.marks {
		m.x += b.x
		if m.y >= half {
			m.x += whole.width + gutter
			m.y -= half
		}
		m.y += b.y
		b.marks = append(b.marks, m)
	}
	b.skip(half)
}

// quiet is the space a symbol needs above and below it in a panel.
func quiet(size float64, s *qr.Symbol) float64 {
	return qr.QuietZone*size/float64(s.Size) + 0.4
}
