package print

import (
	"io"
	"sync"
	"time"

	"github.com/signintech/gopdf"
)

// pdfFonts are the fonts as the PDF library wants them, parsed once.
var pdfFonts = sync.OnceValue(func() *gopdf.FontContainer {
	fonts := new(gopdf.FontContainer)
	for f, data := range faceData {
		if err := fonts.AddTTFFontData(face(f).String(), data); err != nil {
			panic("print: a built-in font does not parse: " + err.Error())
		}
	}
	return fonts
})

// program is what metadata names as the maker.
const program = "Meshkey"

// writePDF draws pages as a PDF with the letters they use of each font. date may
// be zero.
func writePDF(w io.Writer, pages []*page, title string, date time.Time) error {
	pdf := new(gopdf.GoPdf)
	paper := papers[pages[0].paper]
	pdf.Start(gopdf.Config{PageSize: gopdf.Rect{W: paper.width, H: paper.height}})
	pdf.SetInfo(gopdf.PdfInfo{Title: title, Creator: program, Producer: program, CreationDate: date.UTC()})
	var used [len(faceData)]bool
	for _, p := range pages {
		pdf.AddPage()
		for _, m := range p.marks {
			if m.kind == textMark && !used[m.face] {
				used[m.face] = true
				if err := pdf.AddTTFFontFromFontContainer(m.face.String(), pdfFonts()); err != nil {
					return err
				}
			}
		}
		if err := p.drawPDF(pdf); err != nil {
			return err
		}
	}
	_, err := pdf.WriteTo(w)
	return err
}

// drawPDF draws the marks on the last page of a PDF.
func (p *page) drawPDF(pdf *gopdf.GoPdf) error {
	shade := -1
	for _, m := range p.marks {
		if int(m.shade) != shade {
			shade = int(m.shade)
			pdf.SetGrayFill(float64(shade) / 255)
		}
		x, y := m.x/point, m.y/point
		switch m.kind {
		case textMark:
			if err := pdf.SetFont(m.face.String(), "", m.size); err != nil {
				return err
			}
			pdf.SetXY(x, y)
			if err := pdf.Text(m.text); err != nil {
				return err
			}
		case boxMark:
			pdf.RectFromUpperLeftWithStyle(x, y, m.w/point, m.h/point, "F")
		case symbolMark:
			module := m.w / point / float64(m.symbol.Size)
			for _, r := range runs(m.symbol) {
				pdf.RectFromUpperLeftWithStyle(x+float64(r.x)*module, y+float64(r.y)*module,
					float64(r.w)*module, float64(r.h)*module, "F")
			}
		}
	}
	return nil
}
