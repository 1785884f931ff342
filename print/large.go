package print

// inLargePrint lays out two pages: the first has what the holder must know and
// the secret, its rows as wide as the page; the second what is public.
func (l *layout) inLargePrint(paper Paper) ([]*page, error) {
	first, second := newPage(paper), newPage(paper)
	if err := l.place(first, edge, first.height-edge, l.header, l.lead, l.instructions, l.secretLarge); err != nil {
		return nil, err
	}
	err := l.place(second, edge, second.height-edge, l.secondHeader, l.recovering, l.publicLarge, l.without)
	return []*page{first, second}, err
}

// secondHeader is the headline of a second page.
func (l *layout) secondHeader(b *column) {
	const size = 15.0
	title := l.words.Title
	if l.notReal {
		title = l.words.NotReal
	}
	w := b.text(b.x, 5, b.width, span{bold, title}, size, black, "words") + 6
	b.textRight(b.x+b.width, 5, b.width-w, span{regular, l.sheetOf()}, size, black, "words")
	b.box(b.x, 7.6, b.width, 0.5, black)
	b.skip(9.6)
	small := 10.0
	if l.large {
		small = 14
	}
	note := l.words.Page2
	if l.envelope {
		note = l.words.Page2Back
	}
	if made := l.made(); made != "" {
		note = made + "  ·  " + note
	}
	b.paragraph(small, 1.4, black, span{regular, note})
}

// recovering says how the secret comes back.
func (l *layout) recovering(b *column) {
	b.paragraph(l.scale.body, 1.3, black, span{regular, l.how()})
}

// secretLarge is the panel with the share: beside the code what not to do, below
// it the rows.
func (l *layout) secretLarge(b *column) {
	l.bar(b, l.words.Secret, l.words.SecretNote, true)
	top := b.y
	quiet := quietZone(secretSize, l.secretCode)
	height := secretSize + 2*quiet + secretFrame
	x := b.x + max(inset, quiet+secretFrame)
	beside := &column{x: x + secretSize + max(gapW, quiet), y: top + 3}
	beside.width = b.x + b.width - beside.x - 5
	if l.notReal {
		l.watermark(beside, top+height/2, height)
	}
	duties := l.duties()
	photo := duties[len(duties)-1]
	beside.paragraph(l.scale.body, 1.25, black, span{bold, photo[0]}, span{regular, " " + photo[1]})
	beside.skip(2)
	beside.paragraph(l.scale.body, 1.25, black, span{regular, l.words.SecretText})
	b.symbol(x, top+(max(height, beside.y-top)-secretFrame-secretSize)/2+secretFrame/2, secretSize, l.secretCode)
	rows := &column{x: b.x + 6, y: max(top+height, beside.y+2), width: b.width - 12}
	l.letters(rows)
	rows.skip(1.5)
	rows.marks = append(rows.marks, beside.marks...)
	l.panel(b, rows, top, height, secretFrame)
}

// publicLarge is the panel with what may be seen by anybody: the facts stand
// below the code.
func (l *layout) publicLarge(b *column) {
	if l.publicCode == nil && l.fingerprint == "" {
		return
	}
	l.bar(b, l.words.Public, l.words.PublicNote, false)
	top := b.y
	b.box(b.x, top, b.width, publicFrame, black)
	below := &column{x: b.x + 6, y: top + 4, width: b.width - 12}
	if l.publicCode != nil {
		quiet := quietZone(publicSize, l.publicCode) + publicFrame
		x := b.x + inset + publicSize + gapW
		beside := &column{x: x, y: top + 5, width: b.x + b.width - x - 5}
		beside.paragraph(l.scale.body, 1.3, black, span{regular, l.words.PublicText})
		beside.skip(3)
		text := l.technical()
		l.fine(beside, text[len(text)-l.beside():])
		b.symbol(b.x+inset, top+quiet, publicSize, l.publicCode)
		below.y = max(top+publicSize+2*quiet, beside.y+3)
		below.marks = beside.marks
	}
	l.table(below)
	below.skip(3)
	l.panel(b, below, top, 0, publicFrame)
}
