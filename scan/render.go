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
	l := &lexer{b: content}
	var args []any
	base := len(n.stack)
	for {
		switch v := l.next().(type) {
		case nil:
			n.stack = n.stack[:base]
			return
		case operator:
			if n.operators++; n.operators > maxOperators || n.operators%4096 == 0 && n.ctx.Err() != nil {
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

func (n *interpreter) construct(op string, f [6]float64) {
	to := func(i int) point { return n.g.matrix.apply(f[i], f[i+1]) }
	if op == "m" {
		n.path.add('m', to(0))
		n.at = point{f[0], f[1]}
		n.start = n.at
		return
	}
	if op == "re" {
		x, y, w, h := f[0], f[1], f[2], f[3]
		m := n.g.matrix
		n.path.add('m', m.apply(x, y))
		n.path.add('l', m.apply(x+w, y))
		n.path.add('l', m.apply(x+w, y+h))
		n.path.add('l', m.apply(x, y+h))
		n.path.add('h')
		n.at = point{x, y}
		n.start = n.at
		return
	}
	if len(n.path.verbs) == 0 {
		return
	}
	switch op {
	case "l":
		n.path.add('l', to(0))
		n.at = point{f[0], f[1]}
	case "c":
		n.path.add('c', to(0), to(2), to(4))
		n.at = point{f[4], f[5]}
	case "v":
		n.path.add('c', n.g.matrix.apply(n.at.x, n.at.y), to(0), to(2))
		n.at = point{f[2], f[3]}
	case "y":
		n.path.add('c', to(0), to(2), to(2))
		n.at = point{f[2], f[3]}
	case "h":
		n.path.add('h')
		n.at = n.start
	}
}

// paint fills and strokes the path and starts a new one.
func (n *interpreter) paint(op string) {
	g := &n.g
	if c := op[0]; (c == 'f' || c == 'F' || c == 'B' || c == 'b') && !g.fill.none {
		n.on.fill(&n.path, g.fill.level, g.fillA, g.clip)
	}
	if c := op[0]; (c == 'S' || c == 's' || c == 'B' || c == 'b') && !g.stroke.none {
		lines := n.path.stroked(g.width*math.Sqrt(math.Abs(g.matrix[0]*g.matrix[3]-g.matrix[1]*g.matrix[2])), c == 's' || c == 'b')
		n.on.fill(lines, g.stroke.level, g.strokeA, g.clip)
	}
	if n.clipping && len(n.path.points) > 0 {
		g.clip = g.clip.and(around(n.path.points...))
	}
	n.clipping = false
	n.path.reset()
}

// stroked is the area of the lines of p drawn so many pixels wide; curves are
// drawn as their chords.
func (p *path) stroked(width float64, closing bool) *path {
	width = max(width, 1)
	out := &path{}
	points := p.points
	var start, at point
	line := func(to point) {
		dx, dy := to.x-at.x, to.y-at.y
		if d := math.Hypot(dx, dy); d > 0 {
			ox, oy := -dy/d*width/2, dx/d*width/2
			out.add('m', point{at.x + ox, at.y + oy})
			out.add('l', point{to.x + ox, to.y + oy})
			out.add('l', point{to.x - ox, to.y - oy})
			out.add('l', point{at.x - ox, at.y - oy})
			out.add('h')
		}
		at = to
	}
	for _, v := range p.verbs {
		switch v {
		case 'm':
			start, at, points = points[0], points[0], points[1:]
		case 'l':
			line(points[0])
			points = points[1:]
		case 'c':
			line(points[2])
			points = points[3:]
		case 'h':
			line(start)
		}
	}
	if closing {
		line(start)
	}
	return out
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
