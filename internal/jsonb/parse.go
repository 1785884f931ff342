package jsonb

import "bytes"

// Bounds of what is read.
const (
	// MaxSize is the greatest input in octets.
	MaxSize = 64 << 20
	// MaxDepth is how deep lists and objects may be nested.
	MaxDepth = 64
	// MaxValues is the greatest number of values in one input: each takes
	// about a hundred octets of memory.
	MaxValues = 1 << 17
	// maxNumber is the greatest length of a number.
	maxNumber = 64
)

// Parse reads one value in JSON or JSON-B and nothing after it. It is JSON-B
// if the first octet that is no bracket is a code of JSON-B. The value refers to
// b.
//
// JSON-B contains JSON: within a list or object in JSON, a value other than
// those may be in JSON-B, as is the body of an envelope that the Mesh writes
// into a file.
func Parse(b []byte) (Value, error) {
	v, p, err := parseFirst(b)
	if err != nil {
		return Value{}, err
	}
	if !isBinary(b) {
		p.blanks()
	}
	if p.at < len(b) {
		return Value{}, p.fail("something after the end")
	}
	return v, nil
}

// ParseFirst reads the first value of b, in JSON or JSON-B, and returns how
// many octets it and the blanks before it take. The value refers to b.
func ParseFirst(b []byte) (v Value, n int, err error) {
	v, p, err := parseFirst(b)
	if err != nil {
		return Value{}, 0, err
	}
	return v, p.at, nil
}

func parseFirst(b []byte) (v Value, p *parser, err error) {
	if len(b) > MaxSize {
		return Value{}, nil, reason("more than %d octets", MaxSize)
	}
	p = &parser{in: b}
	if isBinary(b) {
		v, err = p.item()
	} else {
		p.blanks()
		v, err = p.value()
	}
	return v, p, err
}

func isBinary(b []byte) bool {
	for _, c := range b {
		if !blank(c) && bytes.IndexByte([]byte("{}[]"), c) < 0 {
			return c >= 0x80
		}
	}
	return false
}

// parser reads JSON, and JSON-B in binary.go.
type parser struct {
	in     []byte
	at     int // octets read
	depth  int
	values int
	free   []node // that are made already
}

// together is how many nodes are made at once: half a kilobyte.
const together = 6

// node is n in a place of its own.
func (p *parser) node(n node) *node {
	if len(p.free) == 0 {
		p.free = make([]node, together)
	}
	at := &p.free[0]
	p.free = p.free[1:]
	*at = n
	return at
}

func (p *parser) fail(why string) error { return &Error{Offset: p.at, Reason: why} }

func (p *parser) blanks() {
	for p.at < len(p.in) && blank(p.in[p.at]) {
		p.at++
	}
}

// next tells the next octet, zero at the end.
func (p *parser) next() byte {
	if p.at < len(p.in) {
		return p.in[p.at]
	}
	return 0
}

// take reads c if it comes next.
func (p *parser) take(c byte) bool {
	if p.next() != c || p.at >= len(p.in) {
		return false
	}
	p.at++
	return true
}

// count charges one value against the bound.
func (p *parser) count() error {
	if p.values++; p.values > MaxValues {
		return p.fail("too many values")
	}
	return nil
}

// enter goes one level deeper, past the octet that opens it.
func (p *parser) enter() error {
	p.at++
	if p.depth++; p.depth > MaxDepth {
		return p.fail("nested too deep")
	}
	return nil
}

func (p *parser) value() (Value, error) {
	if err := p.count(); err != nil {
		return Value{}, err
	}
	switch c := p.next(); {
	case c == '{':
		return p.object()
	case c == '[':
		return p.list()
	case c == '"':
		literal, blanks, err := p.quoted()
		return Value{p.node(node{kind: Text, literal: true, blanks: blanks, octets: literal})}, err
	case c == '-' || '0' <= c && c <= '9':
		return p.number()
	case c >= codeText:
		p.values--
		return p.item()
	}
	return p.word()
}

func (p *parser) object() (Value, error) {
	if err := p.enter(); err != nil {
		return Value{}, err
	}
	n := p.node(node{kind: Object})
	var names names
	p.blanks()
	for first := true; !p.take('}'); first = false {
		if !first && !p.take(',') {
			return Value{}, p.fail("no comma and no end of the object")
		}
		p.blanks()
		if p.next() != '"' {
			return Value{}, p.fail("no name of a member")
		}
		start := p.at
		literal, blanks, err := p.quoted()
		if err != nil {
			return Value{}, err
		}
		if blanks && bytes.ContainsAny(literal, "\n\r\t") {
			return Value{}, &Error{Offset: start, Reason: "a line break within a name"}
		}
		name := string(unescape(literal))
		if !names.add(n.members, name) {
			return Value{}, &Error{Offset: start, Reason: "a second member of the same name"}
		}
		if p.blanks(); !p.take(':') {
			return Value{}, p.fail("no colon after a name")
		}
		p.blanks()
		v, err := p.value()
		if err != nil {
			return Value{}, err
		}
		n.member(name, v)
		p.blanks()
	}
	p.depth--
	return Value{n}, nil
}

func (p *parser) list() (Value, error) {
	if err := p.enter(); err != nil {
		return Value{}, err
	}
	n := p.node(node{kind: Array})
	p.blanks()
	for first := true; !p.take(']'); first = false {
		if !first && !p.take(',') {
			return Value{}, p.fail("no comma and no end of the list")
		}
		p.blanks()
		v, err := p.value()
		if err != nil {
			return Value{}, err
		}
		n.item(v)
		p.blanks()
	}
	p.depth--
	return Value{n}, nil
}

func (p *parser) number() (Value, error) {
	start := p.at
	digits := func() bool {
		from := p.at
		for '0' <= p.next() && p.next() <= '9' {
			p.at++
		}
		return p.at > from
	}
	p.take('-')
	ok := p.take('0') || digits()
	if p.take('.') {
		ok = digits() && ok
	}
	if p.take('e') || p.take('E') {
		_ = p.take('+') || p.take('-')
		ok = digits() && ok
	}
	if !ok || p.at-start > maxNumber {
		return Value{}, &Error{Offset: start, Reason: "a malformed number"}
	}
	return Value{p.node(node{kind: Number, octets: p.in[start:p.at]})}, nil
}

func (p *parser) word() (Value, error) {
	for word, v := range words {
		if bytes.HasPrefix(p.in[p.at:], []byte(word)) {
			p.at += len(word)
			return v, nil
		}
	}
	return Value{}, p.fail("no value")
}

var words = map[string]Value{
	"true":  {&node{kind: Bool, octets: []byte("true")}},
	"false": {&node{kind: Bool, octets: []byte("false")}},
	"null":  {&null},
}

// names finds names that come twice: by search while they are few.
type names struct{ set map[string]bool }

// add tells whether no member has the name yet.
func (s *names) add(members []Member, name string) bool {
	const few = 16
	if s.set == nil {
		for i := range members {
			if members[i].Name == name {
				return false
			}
		}
		if len(members) < few {
			return true
		}
		s.set = make(map[string]bool)
		for _, m := range members {
			s.set[m.Name] = true
		}
	}
	if s.set[name] {
		return false
	}
	s.set[name] = true
	return true
}

// room is how many members or items there is room for at first.
const room = 4

func (n *node) member(name string, v Value) {
	if n.members == nil {
		n.members = make([]Member, 0, room)
	}
	n.members = append(n.members, Member{name, v})
}

func (n *node) item(v Value) {
	if n.items == nil {
		n.items = make([]Value, 0, room)
	}
	n.items = append(n.items, v)
}
