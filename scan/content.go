package scan

import (
	"bytes"
	"math"
	"strconv"
)

// lexer splits a content stream into operands and operators. PDF 32000-1,
// Section 7.8.2.
type lexer struct {
	b  []byte
	at int
}

// name is a name operand, without its slash.
type name string

// operator is a word that is no operand.
type operator string

// text stands for a string operand: nothing here needs its content.
type text struct{}

const maxNesting = 20 // of arrays and dictionaries

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

func (l *lexer) skipSpace() {
	for l.at < len(l.b) {
		switch c := l.b[l.at]; {
		case c == '%':
			for l.at < len(l.b) && l.b[l.at] != '\n' && l.b[l.at] != '\r' {
				l.at++
			}
		case isSpace(c):
			l.at++
		default:
			return
		}
	}
}

// next returns a float64, bool, name, text, []any, map[name]any or operator,
// and nil at the end.
func (l *lexer) next() any { return l.value(0) }

func (l *lexer) value(depth int) any {
	l.skipSpace()
	if l.at >= len(l.b) {
		return nil
	}
	switch c := l.b[l.at]; c {
	case '/':
		l.at++
		return name(l.word())
	case '(':
		l.skipString()
		return text{}
	case '<':
		if bytes.HasPrefix(l.b[l.at:], []byte("<<")) {
			l.at += 2
			return l.dict(depth + 1)
		}
		end := bytes.IndexByte(l.b[l.at:], '>')
		if end < 0 {
			end = len(l.b) - l.at - 1
		}
		l.at += end + 1
		return text{}
	case '[':
		l.at++
		return l.list("]", depth+1)
	case ']', '{', '}', ')', '>':
		l.at++
		if c == '>' && l.at < len(l.b) && l.b[l.at] == '>' {
			l.at++
			return operator(">>")
		}
		return operator(c)
	}
	return operand(l.word())
}

// list reads values up to the operator end, which it swallows. Operators
// within are left out.
func (l *lexer) list(end operator, depth int) []any {
	var out []any
	for depth <= maxNesting {
		v := l.value(depth)
		if v == nil || v == end {
			break
		}
		if _, ok := v.(operator); !ok {
			out = append(out, v)
		}
	}
	return out
}

func (l *lexer) dict(depth int) map[name]any { return pairs(l.list(">>", depth)) }

// pairs makes a dictionary of keys and values in turn.
func pairs(list []any) map[name]any {
	out := map[name]any{}
	for ; len(list) >= 2; list = list[2:] {
		if k, ok := list[0].(name); ok {
			out[k] = list[1]
		}
	}
	return out
}

// word takes the regular characters that follow.
func (l *lexer) word() string {
	from := l.at
	for l.at < len(l.b) && !isSpace(l.b[l.at]) && !isDelimiter(l.b[l.at]) {
		l.at++
	}
	return string(l.b[from:l.at])
}

func (l *lexer) skipString() {
	depth := 0
	for ; l.at < len(l.b); l.at++ {
		switch l.b[l.at] {
		case '\\':
			l.at++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				l.at++
				return
			}
		}
	}
}

// operand tells a number or truth value from an operator.
func operand(word string) any {
	switch word {
	case "true":
		return true
	case "false":
		return false
	}
	if c := word[0]; c == '+' || c == '-' || c == '.' || '0' <= c && c <= '9' {
		if n, err := strconv.ParseFloat(word, 64); err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) {
			return n
		}
	}
	return operator(word)
}

// inline reads the dictionary and the data of an inline picture; BI has been
// read. The data end at the first EI between white space.
func (l *lexer) inline() (map[name]any, []byte) {
	dict := pairs(l.list("ID", 1))
	if l.at < len(l.b) {
		l.at++ // one white space
	}
	from := l.at
	for at := from; ; {
		i := bytes.Index(l.b[min(at, len(l.b)):], []byte("EI"))
		if i < 0 {
			l.at = len(l.b)
			return dict, nil
		}
		at += i + 2
		if at-3 >= from && isSpace(l.b[at-3]) && (at == len(l.b) || isSpace(l.b[at])) {
			l.at = at
			return dict, l.b[from : at-3]
		}
	}
}
