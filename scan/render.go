package scan

import (
	"context"
	"math"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// maxOperators is how many operators of one page are carried out.
const maxOperators = 4 << 20

// painter is what a content stream is carried out on.
type painter interface {
	fill(p *path, level byte, opacity float64, clip box)
	// place paints the image s with its resources on the unit square under m.
	place(s types.StreamDict, object int, resources types.Dict, m matrix, level byte, opacity float64, clip box)
}

// graphics is the part of the graphics state that is kept. PDF 32000-1,
// Section 8.4. Text, shadings, patterns, dashes and blending are not drawn,
// clipping is to the box around a path.
type graphics struct {
	matrix         matrix
	clip           box
	fill, stroke   paint
	width          float64
	fillA, strokeA float64
}

// paint is a colour: a grey in a space, or none for a pattern.
type paint struct {
	space space
	level byte
	none  bool
}

// interpreter carries out the content streams of one page.
type interpreter struct {
	*document
	ctx       context.Context
	on        painter
	operators int
	g         graphics
	stack     []graphics
	path      path
	start, at point // in user space: of the open part of the path
	clipping  bool  // the path that is open becomes a clip
}

// run carries out a content stream with its resources. Forms are at a depth of
// 1 and more.
func (n *interpreter) run(content []byte, resources types.Dict, depth int) {
	if n.spend(workRun*int64(len(content))) != nil {
		return
	}
	l := &lexer{b: content}
	var args []any
	base := len(n.stack)
	for {
		switch v := l.next().(type) {
		case nil:
			n.stack = n.stack[:base]
			return
		case operator:
			if n.operators++; n.operators > maxOperators || n.left < 0 || n.operators%4096 == 0 && n.ctx.Err() != nil {
				n.stack = n.stack[:base]
				return
			}
			switch v {
			case "Do":
				if len(args) > 0 {
					if k, ok := args[len(args)-1].(name); ok {
						n.external(k, resources, depth)
					}
				}
			case "BI":
				dict, data := l.inline()
				n.inline(dict, data, resources)
			case "Q":
				if len(n.stack) > base {
					n.g, n.stack = n.stack[len(n.stack)-1], n.stack[:len(n.stack)-1]
				}
			default:
				n.operator(string(v), args, resources)
			}
			args = args[:0]
		default:
			if len(args) < 64 {
				args = append(args, v)
			}
		}
	}
}

// operator carries out what needs numbers or names only.
func (n *interpreter) operator(op string, args []any, resources types.Dict) {
	var f [6]float64
	numbers := 0
	for _, a := range args {
		if v, ok := a.(float64); ok && numbers < len(f) {
			f[numbers] = v
			numbers++
		}
	}
	if numbers < operands[op] {
		return
	}
	switch op {
	case "q":
		if len(n.stack) < 512 {
			n.stack = append(n.stack, n.g)
		}
	case "cm":
		n.transform(f)
	case "w":
		n.g.width = f[0]
	case "gs":
		n.extended(args, resources)
	case "m", "l", "c", "v", "y", "h", "re":
		n.construct(op, f)
	case "W", "W*":
		n.clipping = true
	case "n", "f", "F", "f*", "B", "B*", "b", "b*", "S", "s":
		n.paint(op)
	default:
		n.colour(op, args, f, numbers, resources)
	}
}

// operands is how many numbers an operator needs at least.
var operands = map[string]int{
	"cm": 6, "w": 1, "m": 2, "l": 2, "c": 6, "v": 4, "y": 4, "re": 4, "g": 1, "G": 1, "rg": 3, "RG": 3, "k": 4, "K": 4,
}

func (n *interpreter) transform(f [6]float64) {
	m := matrix(f).then(n.g.matrix)
	for _, v := range m {
		if !(math.Abs(v) < 1e9) {
			return
		}
	}
	n.g.matrix = m
}

// extended takes the opacities out of a parameter dictionary.
func (n *interpreter) extended(args []any, resources types.Dict) {
	if len(args) == 0 {
		return
	}
	k, _ := args[0].(name)
	d := n.dict(n.dict(resources["ExtGState"])[string(k)])
	for key, a := range map[string]*float64{"ca": &n.g.fillA, "CA": &n.g.strokeA} {
		if v, ok := n.number(d[key]); ok {
			*a = min(max(v, 0), 1)
		}
	}
}

// colour carries out the operators that set one.
func (n *interpreter) colour(op string, args []any, f [6]float64, numbers int, resources types.Dict) {
	p := &n.g.fill
	if op != "" && op[0] >= 'A' && op[0] <= 'Z' {
		p = &n.g.stroke
	}
	switch op {
	case "g", "G":
		p.space = deviceGray
	case "rg", "RG":
		p.space = deviceRGB
	case "k", "K":
		p.space = deviceCMYK
	case "cs", "CS":
		if len(args) > 0 {
			k, _ := args[0].(name)
			p.space = n.space(types.Name(k), resources, 0)
			p.none = p.space.n == 0
			p.level = 0
		}
		return
	case "sc", "SC", "scn", "SCN":
	default:
		return
	}
	if p.none = p.space.n == 0 || p.space.n > len(f) || numbers < p.space.n; p.none {
		return
	}
	c := make([]byte, p.space.n)
	for i := range c {
		v := f[i] * 255
		if p.space.table != nil {
			v = f[i]
		}
		c[i] = byte(min(max(v, 0), 255) + 0.5)
	}
	p.level = p.space.level(c)
}

// external paints an image or a form of the resources.
func (n *interpreter) external(k name, resources types.Dict, depth int) {
	ref := n.dict(resources["XObject"])[string(k)]
	s, ok := n.get(ref).(types.StreamDict)
	if !ok {
		return
	}
	switch n.name(s.Dict["Subtype"]) {
	case "Image":
		object := -1
		if r, ok := ref.(types.IndirectRef); ok {
			object = r.ObjectNumber.Value()
		}
		n.place(s, object, resources)
	case "Form":
		if depth < maxDepth {
			n.form(s, resources, depth)
		}
	}
}

func (n *interpreter) place(s types.StreamDict, object int, resources types.Dict) {
	if n.g.fill.none && bool(n.stencil(s)) {
		return
	}
	n.on.place(s, object, resources, n.g.matrix, n.g.fill.level, n.g.fillA, n.g.clip)
}

func (n *interpreter) stencil(s types.StreamDict) types.Boolean {
	b, _ := n.get(s.Dict["ImageMask"]).(types.Boolean)
	return b
}

// form carries out a form XObject. PDF 32000-1, Section 8.10.
func (n *interpreter) form(s types.StreamDict, resources types.Dict, depth int) {
	n.operators += 500 // forms in forms grow fast
	content, err := n.unpack(s, MaxFile)
	if err != nil {
		return
	}
	if own := n.dict(s.Dict["Resources"]); own != nil {
		resources = own
	}
	saved, open := n.g, n.path
	n.path = path{}
	if m, ok := n.numbers(s.Dict["Matrix"], 6); ok {
		n.transform([6]float64(m))
	}
	if b, ok := n.numbers(s.Dict["BBox"], 4); ok {
		m := n.g.matrix
		n.g.clip = n.g.clip.and(around(m.apply(b[0], b[1]), m.apply(b[2], b[1]), m.apply(b[0], b[3]), m.apply(b[2], b[3])))
	}
	n.run(content, resources, depth+1)
	n.g, n.path = saved, open
}
