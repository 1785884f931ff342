package scan

import (
	"bytes"
	"image"

	"github.com/pdfcpu/pdfcpu/pkg/filter"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

const hintPDF = "Open the PDF in a viewer and print it to a new PDF file, or scan the sheet again as JPEG."

// picture is an image of a PDF. PDF 32000-1, Section 8.9.
type picture struct {
	grey  *image.Gray // nil: the colour that is set when it is painted
	alpha *image.Gray // opacity, of any size; nil: opaque
}

// pictures are images that were decoded, by object number.
type pictures map[int]decoded

type decoded struct {
	*picture
	err error
}

// keep notes an image, instead of all others if they are too many together.
func (p pictures) keep(object int, d decoded) {
	pixels := d.pixels()
	for _, other := range p {
		pixels += other.pixels()
	}
	if pixels > MaxPixels || len(p) >= maxStreams {
		clear(p)
	}
	p[object] = d
}

func (d decoded) pixels() (n int) {
	if d.picture != nil && d.grey != nil {
		n += len(d.grey.Pix)
	}
	if d.picture != nil && d.alpha != nil {
		n += len(d.alpha.Pix)
	}
	return n
}

// pictureOnce is picture for an image of which the number is known, if it is
// not negative: it is decoded once, also if that fails.
func (d *document) pictureOnce(s types.StreamDict, object int, resources types.Dict) (*picture, error) {
	if known, ok := d.pictures[object]; ok {
		return known.picture, known.err
	}
	p, err := d.picture(s, resources)
	if object >= 0 && d.work.err() == nil {
		d.pictures.keep(object, decoded{p, err})
	}
	return p, err
}

// picture decodes an image.
func (d *document) picture(s types.StreamDict, resources types.Dict) (*picture, error) {
	if stencil, _ := d.get(s.Dict["ImageMask"]).(types.Boolean); bool(stencil) {
		alpha, err := d.samples(s, space{n: 1, ink: true})
		return &picture{alpha: alpha}, err
	}
	grey, err := d.pixels(s, resources)
	if err != nil {
		return nil, err
	}
	p := &picture{grey: grey}
	if m, ok := d.get(s.Dict["SMask"]).(types.StreamDict); ok {
		p.alpha, err = d.pixels(m, nil)
	} else if m, ok := d.get(s.Dict["Mask"]).(types.StreamDict); ok {
		p.alpha, err = d.samples(m, space{n: 1, ink: true})
	}
	return p, err
}

// pixels decodes an image that is no stencil.
func (d *document) pixels(s types.StreamDict, resources types.Dict) (*image.Gray, error) {
	switch last(s.FilterPipeline) {
	case filter.DCT:
		return d.jpeg(s)
	case filter.JPX:
		return nil, &UnsupportedError{"a JPEG 2000 picture in the PDF", hintPDF}
	case filter.JBIG2:
		return nil, &UnsupportedError{"a JBIG2 picture in the PDF", hintPDF}
	}
	in := d.space(s.Dict["ColorSpace"], resources, 0)
	if in.n == 0 {
		in = deviceGray
	}
	return d.samples(s, in)
}

func last(pipeline []types.PDFFilter) string {
	if len(pipeline) == 0 {
		return ""
	}
	return pipeline[len(pipeline)-1].Name
}

// jpeg decodes an image in the DCT format, which knows its size and colours.
func (d *document) jpeg(s types.StreamDict) (*image.Gray, error) {
	b, err := d.unpack(s, MaxFile)
	if err != nil {
		return nil, err
	}
	if err := d.spend(jpegDecoder.pixels(b)); err != nil {
		return nil, err
	}
	img, err := jpegDecoder.grey(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	if d.budget -= int64(len(img.Pix)); d.budget < 0 {
		return nil, &TooLargeError{"content of the PDF (octets)", MaxMemory + 1, MaxMemory}
	}
	return img, nil
}

// samples decodes an image of packed samples. What is missing at its end is
// white.
func (d *document) samples(s types.StreamDict, in space) (*image.Gray, error) {
	w, h, bits := d.count(s.Dict["Width"], 0), d.count(s.Dict["Height"], 0), d.count(s.Dict["BitsPerComponent"], 1)
	if err := fits(w, h, 1); err != nil {
		return nil, err
	}
	for _, f := range s.FilterPipeline {
		if f.Name != filter.CCITTFax {
			continue
		}
		if k := f.DecodeParms.IntEntry("K"); k != nil && *k > 0 {
			return nil, &UnsupportedError{"a picture of fax group 3, two-dimensional, in the PDF", hintPDF}
		}
		bits = 1
	}
	if bits != 1 && bits != 2 && bits != 4 && bits != 8 && bits != 16 {
		return nil, &DamagedError{Format: "PDF"}
	}
	stride := (int64(w)*int64(in.n)*int64(bits) + 7) / 8
	if size := stride * int64(h); size > MaxMemory {
		return nil, &TooLargeError{"picture (octets in memory)", size, MaxMemory}
	}
	if err := d.spend(int64(w) * int64(h)); err != nil {
		return nil, err
	}
	data, err := d.unpack(s, stride*int64(h)+1<<16)
	if err != nil {
		return nil, err
	}
	return unpackSamples(data, w, h, int(stride), bits, in, d.inverted(s)), nil
}

// inverted tells whether the Decode array turns the samples round.
func (d *document) inverted(s types.StreamDict) bool {
	a := d.array(s.Dict["Decode"])
	if len(a) < 2 {
		return false
	}
	from, _ := d.number(a[0])
	to, _ := d.number(a[1])
	return from > to
}

func unpackSamples(data []byte, w, h, stride, bits int, in space, inverted bool) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	colour := make([]byte, in.n)
	for y := range h {
		row := img.Pix[y*img.Stride:][:w]
		if (y+1)*stride > len(data) {
			for i := range row {
				row[i] = 255
			}
			continue
		}
		line := data[y*stride:][:stride]
		for x := range row {
			for c := range colour {
				colour[c] = sample(line, x*in.n+c, bits, in.table == nil)
				if inverted {
					colour[c] = ^colour[c]
				}
			}
			row[x] = in.level(colour)
		}
	}
	return img
}

// sample is the i-th number of so many bits in line, stretched to 0 to 255 if
// asked to.
func sample(line []byte, i, bits int, stretch bool) byte {
	switch bits {
	case 8:
		return line[i]
	case 16:
		return line[2*i]
	}
	v := line[i*bits/8] >> (8 - bits - i*bits%8) & (1<<bits - 1)
	if stretch {
		v *= 255 / (1<<bits - 1)
	}
	return v
}
