package print

import (
	"io"
	"strconv"
	"strings"

	"meshkey/internal/letters"
)

// WriteDictation writes a page, as PDF, to read the share aloud from: for each
// letter the word of the language's spelling alphabet. It is as secret as the
// sheet and says so.
func (s *Sheet) WriteDictation(w io.Writer) error {
	p, err := s.dictation()
	if err != nil {
		return err
	}
	return writePDF(w, []*page{p}, s.words.Dictation, s.content.date)
}

// dictation lays out the page in the largest type at which it fits.
func (s *Sheet) dictation() (p *page, err error) {
	for _, size := range []float64{18, 17, 16, 15, 14, 13, 12, 11, 10} {
		l := &layout{content: s.content, words: s.words, scale: scale{body: size, gap: 3}}
		p = newPage(s.pages[0].paper)
		if err = l.place(p, edge, p.height-edge, l.dictation); err == nil {
			return p, nil
		}
	}
	return nil, err
}

// dictation says what the page is, and then spells the rows.
func (l *layout) dictation(b *column) {
	const size = 20.0
	title := l.words.Dictation
	if l.notReal {
		title = l.words.NotReal + " · " + title
	}
	w := b.text(b.x, 6.4, b.width, span{bold, title}, size, black, "words") + 6
	b.textRight(b.x+b.width, 6.4, b.width-w, span{regular, l.sheetOf()}, 14, black, "words")
	b.skip(10)
	if made := l.made(); made != "" {
		b.paragraph(10, 1.4, black, span{regular, made})
		b.skip(1)
	}
	l.bar(b, l.words.Secret, l.words.SecretNote, true)
	b.skip(2.5)
	b.paragraph(11.5, 1.35, black, span{regular, l.words.DictationText})
	b.skip(6)
	l.spelled(b)
}

// spelled are the rows: for each group of four letters a line with the group and
// its words, and one for the check letters.
func (l *layout) spelled(b *column) {
	const names = 16.0 // of numbers, and the word for check letters
	size := l.scale.body
	leading := 1.42 * size * point
	group := b.x + names + measure(monoBold, "MMMM")*size*point + 6
	words := (b.x + b.width - group) / 4
	line := func(letters string, f face, shade uint8) {
		b.skip(leading)
		b.text(b.x+names, b.y-0.3*leading, group-b.x-names, span{f, letters}, size, shade, "row")
		for i := range letters {
			b.text(group+float64(i)*words, b.y-0.3*leading, words-1, span{regular, l.words.spell(letters[i])}, size, shade, "words")
		}
	}
	for _, r := range l.rows {
		b.box(b.x, b.y, b.width, 0.3, black)
		b.skip(0.2 * leading)
		b.text(b.x, b.y+0.7*leading, 10, span{bold, strconv.Itoa(r.number)}, size, black, "row")
		for _, letters := range strings.Split(r.text, "-") {
			line(letters, monoBold, black)
		}
		line(r.check, mono, dark)
		b.text(b.x, b.y-0.3*leading, names-1, span{regular, l.words.Check}, 8.5, dark, "words")
		b.skip(0.2 * leading)
	}
}

// spell is the word for a letter of Base32.
func (c *catalogue) spell(letter byte) string {
	return c.Spelling[strings.IndexByte(letters.Alphabet, letter)]
}
