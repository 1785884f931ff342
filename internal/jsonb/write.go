package jsonb

import (
	"encoding/base64"
	"strconv"
	"unicode/utf8"

	"meshkey/internal/secret"
)

// Format is an encoding to write.
type Format uint8

// The encodings.
const (
	JSON   Format = iota // without blanks and line breaks
	Binary               // JSON-B
)

// Marshal writes v. In JSON, data becomes base64url; in JSON-B a text stays a
// text, even one that was read as a binary value. It fails for a number that
// is no integer of 64 bits in JSON-B only.
func (v Value) Marshal(f Format) ([]byte, error) {
	w := &writer{format: f}
	if err := w.value(v); err != nil {
		return nil, err
	}
	return w.out, nil
}

// writer writes either encoding. What it outgrows is cleared, since it may
// hold secrets.
type writer struct {
	format Format
	out    []byte
	first  bool // no member or item of the innermost list or object yet
}

// room makes room for n more octets.
func (w *writer) room(n int) {
	if len(w.out)+n <= cap(w.out) {
		return
	}
	grown := make([]byte, len(w.out), 2*cap(w.out)+n+256)
	copy(grown, w.out)
	secret.Wipe(w.out)
	w.out = grown
}

func (w *writer) octet(c byte) {
	w.room(1)
	w.out = append(w.out, c)
}

func (w *writer) raw(b []byte) {
	w.room(len(b))
	w.out = append(w.out, b...)
}

// item comes before every item of a list.
func (w *writer) item() {
	if w.format == JSON && !w.first {
		w.octet(',')
	}
	w.first = false
}

// name comes before the value of every member of an object.
func (w *writer) name(name string) {
	w.item()
	if w.format == Binary {
		w.sized(codeName, []byte(name))
		return
	}
	w.text([]byte(name))
	w.octet(':')
}

// open begins a list or object, within which items are separated anew.
func (w *writer) open(c byte) {
	w.octet(c)
	w.first = true
}

func (w *writer) end(c byte) {
	w.octet(c)
	w.first = false
}

func (w *writer) sized(code byte, b []byte) {
	w.room(9 + len(b))
	w.out = append(appendSize(w.out, code, uint64(len(b))), b...)
}

// text writes a text. The reference gives a text's length in UTF-16 units
// though it writes UTF-8.
//
// Spec: lengths of JSON-B are octets, as its draft has it.
func (w *writer) text(content []byte) {
	if w.format == Binary {
		w.sized(codeText, content)
		return
	}
	n := len(content) + 2
	for _, c := range content {
		if escaped(c) {
			n += 5 // \u00XX
		}
	}
	w.room(n)
	w.out = append(w.out, '"')
	w.out = appendEscaped(w.out, content)
	w.out = append(w.out, '"')
}

func (w *writer) data(b []byte) {
	if w.format == Binary {
		w.sized(codeData, b)
		return
	}
	w.room(base64.RawURLEncoding.EncodedLen(len(b)) + 2)
	w.out = append(w.out, '"')
	w.out = base64.RawURLEncoding.AppendEncode(w.out, b)
	w.out = append(w.out, '"')
}

func (w *writer) int(i int64) {
	w.room(20)
	if w.format == JSON {
		w.out = strconv.AppendInt(w.out, i, 10)
		return
	}
	w.out = appendInt(w.out, i < 0, magnitude(i))
}

func magnitude(i int64) uint64 {
	if i < 0 {
		return -uint64(i)
	}
	return uint64(i)
}

func appendInt(dst []byte, negative bool, magnitude uint64) []byte {
	if negative {
		return appendSize(dst, codeNegative, magnitude)
	}
	return appendSize(dst, codePositive, magnitude)
}

func (w *writer) bool(b bool) {
	switch {
	case w.format == JSON:
		w.raw(strconv.AppendBool(nil, b))
	case b:
		w.octet(codeTrue)
	default:
		w.octet(codeFalse)
	}
}

func (w *writer) value(v Value) error {
	switch n := v.node(); n.kind {
	case Null:
		if w.format == Binary {
			w.octet(codeNull)
			return nil
		}
		w.raw([]byte("null"))
	case Bool:
		w.bool(string(n.octets) == "true")
	case Number:
		return w.number(n.octets)
	case Text:
		if n.literal && w.format == JSON { // line breaks in a binary value stay
			w.room(len(n.octets) + 2)
			w.out = append(append(append(w.out, '"'), n.octets...), '"')
			return nil
		}
		w.text(v.content())
	case Data:
		w.data(n.octets)
	case Array:
		w.open('[')
		for _, item := range n.items {
			w.item()
			if err := w.value(item); err != nil {
				return err
			}
		}
		w.end(']')
	case Object:
		w.open('{')
		for _, m := range n.members {
			w.name(m.Name)
			if err := w.value(m.Value); err != nil {
				return err
			}
		}
		w.end('}')
	}
	return nil
}

func (w *writer) number(letters []byte) error {
	if w.format == JSON {
		w.raw(letters)
		return nil
	}
	digits, negative := letters, letters[0] == '-'
	if negative {
		digits = letters[1:]
	}
	i, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil || negative && i == 0 {
		return reason("a number that JSON-B has no code for")
	}
	w.room(9)
	w.out = appendInt(w.out, negative, i)
	return nil
}

func valid(s string) error {
	if !utf8.ValidString(s) {
		return reason("a text that is not UTF-8")
	}
	return nil
}
