package scan

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"math"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"meshkey/internal/qr"
)

// Resolutions of drawn pages, in pixels a point.
const (
	drawn      = 200.0 / 72 // 5 pixels a module of the smallest code on a sheet
	finest     = 300.0 / 72 // for pages with pictures of that or more
	canvasLong = 4000.0     // pixels of the long side at most
)

// read finds the codes of a page, once if several are the same. If one picture covers it, that picture is
// read as it is; else, or if that gives nothing, the page is drawn. An error
// tells what of the page could not be read; there may be codes beside it.
func (d *document) read(ctx context.Context, p sheet) (codes []qr.Reading, err error) {
	broken := guarded(func() error {
		codes, err = d.look(ctx, p)
		return nil
	})
	if broken != nil {
		return nil, &DamagedError{Format: "PDF"}
	}
	return codes, err
}

func (d *document) look(ctx context.Context, p sheet) ([]qr.Reading, error) {
	d.budget = MaxMemory
	content, err := d.content(p)
	if err != nil || len(content) == 0 {
		return nil, err
	}
	key := pageKey(p, content)
	if found, ok := d.seen[key]; ok {
		return found, nil
	}
	found, err := d.search(ctx, p, content)
	if err == nil {
		err = d.work.err()
	}
	if err == nil {
		d.seen[key] = found
	}
	return found, err
}

// pageKey tells pages apart by all that they are drawn with: objects by number.
func pageKey(p sheet, content []byte) string {
	resources := ""
	if p.resources != nil {
		resources = p.resources.PDFString()
	}
	return fmt.Sprintf("%x %v %s", sha256.Sum256(content), p.box, resources)
}

func (d *document) search(ctx context.Context, p sheet, content []byte) ([]qr.Reading, error) {
	s := &survey{document: d, page: p}
	d.draw(ctx, p, content, matrix{1, 0, 0, 1, 0, 0}, box{p.box[0], p.box[1], p.box[2], p.box[3]}, s)
	if !s.fills && len(s.images) == 0 {
		return nil, nil
	}
	found, whole, problem := d.native(ctx, s)
	if whole || complete(textsOf(found)) && len(found) > 0 {
		return found, problem
	}
	if err := d.work.err(); err != nil {
		return found, err
	}
	scale := s.scale()
	c := newCanvas(int(math.Ceil((p.box[2]-p.box[0])*scale)), int(math.Ceil((p.box[3]-p.box[1])*scale)))
	r := &renderer{document: d, canvas: c, problem: problem}
	most := c.budget
	d.draw(ctx, p, content, matrix{scale, 0, 0, -scale, -p.box[0] * scale, p.box[3] * scale},
		box{0, 0, float64(c.img.Rect.Dx()), float64(c.img.Rect.Dy())}, r)
	if c.budget < 0 {
		r.problem = errors.Join(r.problem, &TooLargeError{"drawing on a page (pixels painted over)", paintings + 1, paintings})
	}
	if c.blank {
		return found, r.problem
	}
	drawing, err := d.codes(ctx, c.img, most-c.budget)
	if r.problem == nil {
		r.problem = err
	}
	for _, c := range drawing {
		if !slices.Contains(textsOf(found), c.Text) {
			found = append(found, c)
		}
	}
	return found, r.problem
}

// native reads the picture that covers the page, if there is one, and tells
// whether that was the whole page.
func (d *document) native(ctx context.Context, s *survey) (found []qr.Reading, whole bool, err error) {
	i := s.cover()
	if i == nil {
		return nil, false, nil
	}
	whole = !s.fills && len(s.images) == 1
	if found, ok := d.covers[i.object]; ok {
		return found, whole, nil
	}
	img, err := d.pictureOnce(i.stream, i.object, i.resources)
	if err != nil || img.grey == nil || img.alpha != nil {
		return nil, false, err
	}
	if found, err = d.codes(ctx, img.grey, 0); err != nil {
		return nil, false, err
	}
	if i.object >= 0 {
		d.covers[i.object] = found
	}
	return found, whole, nil
}

// codes reads the symbols on img, which took so much work before.
func (d *document) codes(ctx context.Context, img *image.Gray, before int64) ([]qr.Reading, error) {
	if err := d.spend(before + workSearch + int64(len(img.Pix))); err != nil {
		return nil, err
	}
	return codes(ctx, img), nil
}

// content is what a page is drawn with.
func (d *document) content(p sheet) ([]byte, error) {
	var all []byte
	streams := types.Array{p.dict["Contents"]}
	if a := d.array(p.dict["Contents"]); a != nil {
		streams = a
	}
	for _, o := range streams {
		s, ok := d.get(o).(types.StreamDict)
		if !ok {
			continue
		}
		b, err := d.unpack(s, MaxFile)
		if err != nil {
			return nil, err
		}
		if all = append(append(all, b...), '\n'); len(all) > MaxFile {
			return nil, &TooLargeError{"content of a page (octets)", int64(len(all)), MaxFile}
		}
	}
	return all, nil
}

func (d *document) draw(ctx context.Context, p sheet, content []byte, m matrix, clip box, on painter) {
	n := &interpreter{document: d, ctx: ctx, on: on}
	black := paint{space: deviceGray}
	n.g = graphics{matrix: m, clip: clip, fill: black, stroke: black, width: 1, fillA: 1, strokeA: 1}
	n.run(content, d.dict(p.resources), 0)
}

// survey is a painter that only notes what there is, in points.
type survey struct {
	*document
	page   sheet
	fills  bool
	images []placed
}

type placed struct {
	stream    types.StreamDict
	object    int // its number, negative if it has none
	resources types.Dict
	m         matrix
}

func (s *survey) fill(*path, byte, float64, box) { s.fills = true }

func (s *survey) place(i types.StreamDict, object int, resources types.Dict, m matrix, _ byte, _ float64, _ box) {
	if len(s.images) < 10_000 {
		s.images = append(s.images, placed{i, object, resources, m})
	}
}

// cover is the picture that takes up most of the page, if there is one.
func (s *survey) cover() *placed {
	page := (s.page.box[2] - s.page.box[0]) * (s.page.box[3] - s.page.box[1])
	for i := range s.images {
		if m := s.images[i].m; math.Abs(m[0]*m[3]-m[1]*m[2]) > 0.6*page {
			return &s.images[i]
		}
	}
	return nil
}

// scale is the resolution to draw the page at, in pixels a point.
func (s *survey) scale() float64 {
	scale := drawn
	for _, i := range s.images {
		w, h := s.count(i.stream.Dict["Width"], 0), s.count(i.stream.Dict["Height"], 0)
		across, up := math.Hypot(i.m[0], i.m[1]), math.Hypot(i.m[2], i.m[3])
		if across > 0 && up > 0 {
			scale = max(scale, min(finest, float64(w)/across, float64(h)/up))
		}
	}
	return min(scale, canvasLong/max(s.page.box[2]-s.page.box[0], s.page.box[3]-s.page.box[1]))
}

// renderer is a painter that draws.
type renderer struct {
	*document
	*canvas
	problem error // the first of a picture
}

func (r *renderer) place(s types.StreamDict, object int, resources types.Dict, m matrix, level byte, opacity float64, clip box) {
	p, err := r.pictureOnce(s, object, resources)
	if err == nil {
		r.image(p, m, level, opacity, clip)
	} else if r.problem == nil {
		r.problem = err
	}
}
