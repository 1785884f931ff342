package scan

import "math"

// path is an area to be filled, in pixels: lines and curves of three points.
type path struct {
	verbs  []byte // m, l, c or h, as in a content stream
	points []point
}

// maxPoints is how many points a path has at most; what follows is left out.
const maxPoints = 1 << 20

func (p *path) add(verb byte, points ...point) {
	if len(p.points) > maxPoints {
		return
	}
	p.verbs = append(p.verbs, verb)
	p.points = append(p.points, points...)
}

func (p *path) reset() { p.verbs, p.points = p.verbs[:0], p.points[:0] }

// rows is how many rows of pixels the lines of p go through, each at most most.
func (p *path) rows(most int) int {
	rows, last := float64(len(p.verbs)), 0.0
	for _, q := range p.points {
		rows += min(math.Abs(q.y-last), float64(most))
		last = q.y
	}
	return int(rows)
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

// construct adds to the path. PDF 32000-1, Section 8.5.2.
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
