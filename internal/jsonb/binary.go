package jsonb

import (
	"encoding/binary"
	"strconv"
	"unicode/utf8"
)

// The codes of JSON-B. Two low bits of all but the words give the octets of
// the length or integer that follows, big-endian: 1, 2, 4 or 8.
//
// Spec: the code of names is not in the table of draft-hallambaker-jsonbcd,
// which has names written as texts. Both are read, names are written by it.
const (
	codeText      = 0x80 // the last or only octets of a text
	codeTextPart  = 0x84 // some octets of a text, more follow
	codeData      = 0x88
	codeDataPart  = 0x8c
	codePositive  = 0xa0
	codeNegative  = 0xa8 // of this magnitude
	codeTrue      = 0xb0
	codeFalse     = 0xb1
	codeNull      = 0xb2
	codeName      = 0xb4
	codeSizeShort = 0x03 // the bits that give a size
)

// ReadData reads one item of binary data in JSON-B from the start of b, as
// they follow each other in the annotations of a DARE envelope, and returns
// what comes after it. Data in several parts is joined in a fresh slice; else
// data is part of b.
func ReadData(b []byte) (data, rest []byte, err error) {
	p := &parser{in: b}
	v, err := p.item()
	if err != nil {
		return nil, nil, err
	}
	if v.Kind() != Data {
		return nil, nil, reason("%v where binary data is due", v.Kind())
	}
	return v.n.octets, b[p.at:], nil
}

// AppendData appends one item of binary data in JSON-B.
func AppendData(dst, data []byte) []byte {
	return append(appendSize(dst, codeData, uint64(len(data))), data...)
}

// item reads a value of JSON-B. Lists and objects are as in JSON, without
// commas, colons and blanks.
func (p *parser) item() (Value, error) {
	if err := p.count(); err != nil {
		return Value{}, err
	}
	c := p.next()
	switch c {
	case '{':
		return p.objectItem()
	case '[':
		return p.listItem()
	case codeTrue, codeFalse, codeNull:
		p.at++
		return words[[...]string{"true", "false", "null"}[c-codeTrue]], nil
	}
	switch c &^ codeSizeShort {
	case codeText, codeTextPart:
		b, err := p.parts(codeText)
		if err == nil && !utf8.Valid(b) {
			err = p.fail("a text before this place that is not UTF-8")
		}
		return Value{p.node(node{kind: Text, octets: b})}, err
	case codeData, codeDataPart:
		b, err := p.parts(codeData)
		return Value{p.node(node{kind: Data, octets: b})}, err
	case codePositive, codeNegative:
		p.at++
		i, err := p.size(c)
		var digits []byte
		if c&^codeSizeShort == codeNegative && i > 0 {
			digits = append(digits, '-')
		}
		return Value{p.node(node{kind: Number, octets: strconv.AppendUint(digits, i, 10)})}, err
	}
	return Value{}, p.fail("no code of a value")
}

func (p *parser) objectItem() (Value, error) {
	if err := p.enter(); err != nil {
		return Value{}, err
	}
	n := p.node(node{kind: Object})
	var names names
	for !p.take('}') {
		start := p.at
		if c := p.next() &^ codeSizeShort; c != codeName && c != codeText {
			return Value{}, p.fail("no name of a member")
		}
		b, err := p.parts(p.next() &^ codeSizeShort)
		if err != nil {
			return Value{}, err
		}
		if !utf8.Valid(b) {
			return Value{}, &Error{Offset: start, Reason: "a name that is not UTF-8"}
		}
		if !names.add(n.members, string(b)) {
			return Value{}, &Error{Offset: start, Reason: "a second member of the same name"}
		}
		v, err := p.item()
		if err != nil {
			return Value{}, err
		}
		n.member(string(b), v)
	}
	p.depth--
	return Value{n}, nil
}

func (p *parser) listItem() (Value, error) {
	if err := p.enter(); err != nil {
		return Value{}, err
	}
	n := p.node(node{kind: Array})
	for !p.take(']') {
		v, err := p.item()
		if err != nil {
			return Value{}, err
		}
		n.item(v)
	}
	p.depth--
	return Value{n}, nil
}

// parts reads octets under the code last, after any number of parts under the
// code of its parts. A single run is a part of the input, several are joined.
func (p *parser) parts(last byte) ([]byte, error) {
	var joined []byte
	for {
		c := p.next()
		kind := c &^ codeSizeShort
		if kind != last && (kind != last+codeTextPart-codeText || last == codeName) {
			return nil, p.fail("a value in parts without its last")
		}
		p.at++
		n, err := p.size(c)
		if err != nil {
			return nil, err
		}
		if n > uint64(len(p.in)-p.at) {
			return nil, p.fail("more octets announced than follow")
		}
		run := p.in[p.at : p.at+int(n) : p.at+int(n)]
		p.at += int(n)
		if kind == last && joined == nil {
			return run, nil
		}
		if joined = append(joined, run...); kind == last {
			return joined, nil
		}
		if joined == nil {
			joined = []byte{}
		}
	}
}

// size reads the integer whose octets the code c counts.
func (p *parser) size(c byte) (uint64, error) {
	n := 1 << (c & codeSizeShort)
	if len(p.in)-p.at < n {
		return 0, p.fail("an end within a length")
	}
	var b [8]byte
	copy(b[8-n:], p.in[p.at:p.at+n])
	p.at += n
	return binary.BigEndian.Uint64(b[:]), nil
}

// appendSize appends code and i in the fewest octets.
func appendSize(dst []byte, code byte, i uint64) []byte {
	switch {
	case i < 1<<8:
		return append(dst, code, byte(i))
	case i < 1<<16:
		return binary.BigEndian.AppendUint16(append(dst, code|1), uint16(i))
	case i < 1<<32:
		return binary.BigEndian.AppendUint32(append(dst, code|2), uint32(i))
	}
	return binary.BigEndian.AppendUint64(append(dst, code|3), i)
}
