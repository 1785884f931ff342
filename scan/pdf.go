package scan

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/pdfcpu/pdfcpu/pkg/filter"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"meshkey/internal/qr"
)

// Bounds within a PDF. What a stream unpacks to is bounded one by one in the
// library and in all by us.
const (
	maxStreams = 4096 // a file of our page bound has no reason for more
	maxDepth   = 12   // of page trees, and of forms within forms
)

// document is a PDF file whose objects have been read.
type document struct {
	table  *model.XRefTable
	budget int64 // octets that streams of a page may still unpack to
	work
	pictures pictures
	covers   map[int][]qr.Reading    // of pictures that cover a page, by object number
	seen     map[string][]qr.Reading // of pages without a problem, by what is on them
}

// newDocument is a document of a file of so many octets.
func newDocument(table *model.XRefTable, octets int) *document {
	return &document{
		table:    table,
		budget:   MaxMemory,
		work:     workOn(octets),
		pictures: pictures{},
		covers:   map[int][]qr.Reading{},
		seen:     map[string][]qr.Reading{},
	}
}

// readPDF adds the texts of every page.
func readPDF(ctx context.Context, r io.Reader, out *Reading) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	d, err := openPDF(ctx, b)
	if err != nil {
		return err
	}
	pages, err := d.pages()
	if err != nil {
		return err
	}
	return d.readAll(ctx, pages, out)
}

// readAll adds the texts of pages. Those after the work is used up are problems.
func (d *document) readAll(ctx context.Context, pages []sheet, out *Reading) error {
	out.Pages = len(pages)
	for i, p := range pages {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		out.begin(i+1, len(pages))
		var texts []qr.Reading
		err := d.work.err()
		if err == nil {
			texts, err = d.read(ctx, p)
		}
		out.add(i+1, texts)
		if err != nil {
			out.Problems = append(out.Problems, Problem{i + 1, err})
		}
	}
	return nil
}

// openPDF reads all objects. Nothing is written: the library is given a
// configuration, so that it neither looks for nor makes one of its own.
func openPDF(ctx context.Context, b []byte) (*document, error) {
	streams := bytes.Count(b, []byte("stream"))/2 + 1
	if streams > maxStreams {
		return nil, &TooLargeError{"number of streams in the PDF", int64(streams), maxStreams}
	}
	limits := model.DefaultResourceLimits()
	limits.MaxStreamBytes = MaxFile
	limits.MaxDecodeBytes = MaxMemory / 2 / int64(streams)
	limits.MaxObjectCount = 1 << 20
	limits.MaxObjectStreamCount = 1 << 16
	limits.MaxXRefEntries = 1 << 20
	limits.MaxRecursionDepth = 50
	conf := &model.Configuration{
		Reader15:       true,
		ValidationMode: model.ValidationRelaxed,
		Offline:        true,
		Limits:         limits,
	}
	// A stream may claim octets that are other streams': each is copied, so the
	// copies are bounded in all.
	in := &rationed{Reader: bytes.NewReader(b), left: 4*int64(len(b)) + 64<<20}
	var c *model.Context
	err := guarded(func() (err error) {
		c, err = pdfcpu.ReadWithContext(ctx, in, conf)
		return err
	})
	switch {
	case err == nil:
		return newDocument(c.XRefTable, len(b)), nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, pdfcpu.ErrWrongPassword), errors.Is(err, pdfcpu.ErrUnsupportedEncryptionFeature):
		return nil, &UnsupportedError{"encrypted PDF", "Open it with its password and print it to a new PDF file."}
	case in.left < 0:
		return nil, &TooLargeError{"content of the PDF (octets)", 4*int64(len(b)) + 64<<20 + 1, 4*int64(len(b)) + 64<<20}
	}
	return nil, &DamagedError{Format: "PDF"} // the library quotes the file
}

// rationed is a reader of a file in memory that fails after so many octets.
type rationed struct {
	*bytes.Reader
	left int64
}

func (r *rationed) Read(p []byte) (int, error) {
	if r.left < 0 {
		return 0, errTooLong
	}
	n, err := r.Reader.Read(p)
	r.left -= int64(n)
	return n, err
}

// WriteTo keeps io.Copy from going round Read.
func (r *rationed) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{r})
}

var errPanic = errors.New("scan: the decoder failed")

// guarded runs f, which uses the PDF library, and makes a panic an error.
func guarded(f func() error) (err error) {
	// The library takes the shape of many objects for granted, and its input
	// comes from strangers: a panic must not end a recovery half done.
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	return f()
}

// get follows a reference. What is not there is nil.
func (d *document) get(o types.Object) types.Object {
	for range maxDepth {
		if _, ok := o.(types.IndirectRef); !ok {
			return o
		}
		next, err := d.table.Dereference(o)
		if err != nil {
			return nil
		}
		o = next
	}
	return nil
}

func (d *document) dict(o types.Object) types.Dict {
	switch o := d.get(o).(type) {
	case types.Dict:
		return o
	case types.StreamDict:
		return o.Dict
	}
	return nil
}

func (d *document) array(o types.Object) types.Array {
	a, _ := d.get(o).(types.Array)
	return a
}

func (d *document) number(o types.Object) (float64, bool) {
	switch o := d.get(o).(type) {
	case types.Integer:
		return float64(o), true
	case types.Float:
		return float64(o), true
	}
	return 0, false
}

// count reads a whole number of at least 0; what is none is missing.
func (d *document) count(o types.Object, missing int) int {
	if n, ok := d.number(o); ok && n >= 0 && n <= 1<<30 {
		return int(n)
	}
	return missing
}

func (d *document) name(o types.Object) string {
	n, _ := d.get(o).(types.Name)
	return string(n)
}

// numbers reads an array of exactly n numbers.
func (d *document) numbers(o types.Object, n int) ([]float64, bool) {
	a := d.array(o)
	if len(a) != n {
		return nil, false
	}
	out := make([]float64, n)
	for i, o := range a {
		v, ok := d.number(o)
		if !ok {
			return nil, false
		}
		out[i] = v
	}
	return out, true
}

// unpack decodes a stream, of at most so many octets; pictures in formats of
// their own come out as they are.
func (d *document) unpack(s types.StreamDict, most int64) ([]byte, error) {
	if most > d.budget {
		most = d.budget
	}
	if err := d.work.err(); err != nil {
		return nil, err
	}
	s.Content = nil
	if err := s.DecodeWithLimit(most); err != nil {
		_ = d.spend(most / workOctets) // no telling how far it came
		if errors.Is(err, filter.ErrDecodeLimitExceeded) {
			return nil, &TooLargeError{"a stream of the PDF (octets)", most + 1, most}
		}
		return nil, &DamagedError{Format: "PDF"}
	}
	if err := d.spend(int64(len(s.Content)) / workOctets); err != nil {
		return nil, err
	}
	if d.budget -= int64(len(s.Content)); d.budget < 0 {
		return nil, &TooLargeError{"content of the PDF (octets)", MaxMemory + 1, MaxMemory}
	}
	return s.Content, nil
}

// sheet is a page with what it inherits.
type sheet struct {
	dict      types.Dict
	resources types.Object
	box       [4]float64 // left, bottom, right, top in points
}

// pages walks the page tree.
func (d *document) pages() (out []sheet, err error) {
	err = guarded(func() error {
		root, err := d.table.Catalog()
		if err != nil {
			return &DamagedError{Format: "PDF"}
		}
		w := walk{document: d, seen: map[types.Integer]bool{}}
		err = w.node(root["Pages"], sheet{box: [4]float64{0, 0, 612, 792}}, 0)
		out = w.out
		return err
	})
	if err == errPanic || err == nil && len(out) == 0 {
		return nil, &DamagedError{Format: "PDF"}
	}
	return out, err
}

type walk struct {
	*document
	seen map[types.Integer]bool // object numbers of nodes
	out  []sheet
}

// node adds the pages below o, a node of the tree at some depth.
func (w *walk) node(o types.Object, inherited sheet, depth int) error {
	if ref, ok := o.(types.IndirectRef); ok {
		if w.seen[ref.ObjectNumber] {
			return nil
		}
		w.seen[ref.ObjectNumber] = true
	}
	p := w.dict(o)
	if p == nil || depth > maxDepth {
		return nil
	}
	if r, ok := p["Resources"]; ok {
		inherited.resources = r
	}
	for _, key := range []string{"MediaBox", "CropBox"} {
		if b, ok := w.numbers(p[key], 4); ok {
			b := [4]float64{min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3])}
			if b[2]-b[0] >= 1 && b[3]-b[1] >= 1 {
				inherited.box = b
			}
		}
	}
	kids := w.array(p["Kids"])
	if kids == nil {
		if len(w.out) == MaxPages {
			return &TooLargeError{"number of pages", MaxPages + 1, MaxPages}
		}
		inherited.dict = p
		w.out = append(w.out, inherited)
		return nil
	}
	for _, kid := range kids {
		if err := w.node(kid, inherited, depth+1); err != nil {
			return err
		}
	}
	return nil
}
