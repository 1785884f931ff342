package jsonb

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// quoted reads a JSON text and returns what stands between its quotes, all of
// it checked. Line breaks and tabs are let through: whether they may stand
// there is known only when the text is used. blanks tells whether there are any,
// or blanks.
func (p *parser) quoted() (literal []byte, blanks bool, err error) {
	p.at++
	start := p.at
	for p.at < len(p.in) {
		switch c := p.in[p.at]; {
		case c == '"':
			literal = p.in[start:p.at]
			if !utf8.Valid(literal) {
				return nil, false, &Error{Offset: start, Reason: "a text that is not UTF-8"}
			}
			p.at++
			return literal, blanks, nil
		case c == '\\':
			_, n := escape(p.in[p.at:])
			if n == 0 {
				return nil, false, p.fail("a malformed escape")
			}
			p.at += n
		case c > ' ':
			p.at++
		case blank(c):
			blanks = true
			p.at++
		default:
			return nil, false, p.fail("a control character in a text")
		}
	}
	return nil, false, p.fail("a text without an end")
}

// escape reads the escape at the start of b and returns its character and its
// length, zero if it is none. A pair of surrogates is one escape; a single
// surrogate is none.
func escape(b []byte) (rune, int) {
	if len(b) < 2 {
		return 0, 0
	}
	if i := bytes.IndexByte([]byte(escapeLetters), b[1]); i >= 0 {
		return rune(escapedOctets[i]), 2
	}
	r, ok := escapeUnit(b)
	switch {
	case !ok:
		return 0, 0
	case !utf16.IsSurrogate(r):
		return r, 6
	}
	low, ok := escapeUnit(b[6:])
	if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
		return 0, 0
	}
	return r, 12
}

const (
	escapeLetters = `"\/bfnrt`
	escapedOctets = "\"\\/\b\f\n\r\t"
)

// escapeUnit reads \uXXXX.
func escapeUnit(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range b[2:6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// unescape gives the content of a checked literal: literal itself if it has
// no escapes.
func unescape(literal []byte) []byte {
	i := bytes.IndexByte(literal, '\\')
	if i < 0 {
		return literal
	}
	out := append(make([]byte, 0, len(literal)), literal[:i]...)
	for i < len(literal) {
		if literal[i] != '\\' {
			out = append(out, literal[i])
			i++
			continue
		}
		r, n := escape(literal[i:])
		out = utf8.AppendRune(out, r)
		i += n
	}
	return out
}

// appendEscaped appends content as it stands between the quotes of a JSON
// text.
func appendEscaped(dst, content []byte) []byte {
	const hex = "0123456789abcdef"
	for _, c := range content {
		if !escaped(c) {
			dst = append(dst, c)
		} else if i := bytes.IndexByte([]byte(escapedOctets), c); i >= 0 {
			dst = append(dst, '\\', escapeLetters[i])
		} else {
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return dst
}

// escaped tells whether c does not stand for itself in a JSON text.
func escaped(c byte) bool { return c < ' ' || c == '"' || c == '\\' }
