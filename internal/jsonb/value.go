package jsonb

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"meshkey/internal/secret"
)

// Kind is what a Value is.
type Kind uint8

// The kinds of a Value. Data is a binary value of JSON-B: in JSON a binary
// value is a Text.
const (
	Null Kind = iota
	Bool
	Number
	Text
	Data
	Array
	Object
)

func (k Kind) String() string {
	return [...]string{"null", "a boolean", "a number", "a text", "binary data", "a list", "an object"}[k]
}

// Value is a value of either encoding. It refers to the octets it was parsed
// from, which must not change while it is used. The zero value is null.
type Value struct{ n *node }

// Member is a member of an object.
type Member struct {
	Name  string
	Value Value
}

type node struct {
	kind    Kind
	literal bool   // octets are those between the quotes of a JSON text
	blanks  bool   // blanks, line breaks or tabs are among these
	octets  []byte // of a text, of data, or the letters of a number or boolean
	items   []Value
	members []Member
}

var null = node{kind: Null}

func (v Value) node() *node {
	if v.n == nil {
		return &null
	}
	return v.n
}

// String makes a text of s. What is not UTF-8 in s becomes U+FFFD.
func String(s string) Value {
	return Value{&node{kind: Text, octets: []byte(strings.ToValidUTF8(s, "\uFFFD"))}}
}

// Octets makes binary data of b, which it keeps.
func Octets(b []byte) Value { return Value{&node{kind: Data, octets: b}} }

// Int makes a number.
func Int(i int64) Value {
	return Value{&node{kind: Number, octets: strconv.AppendInt(nil, i, 10)}}
}

// List makes an array.
func List(items ...Value) Value { return Value{&node{kind: Array, items: items}} }

// Kind tells what v is.
func (v Value) Kind() Kind { return v.node().kind }

// Items are the values of a list; nil for any other kind.
func (v Value) Items() []Value { return v.node().items }

// Members are the members of an object in their order; nil for any other kind.
func (v Value) Members() []Member { return v.node().members }

// Member is the member of an object with exactly that name.
func (v Value) Member(name string) (Value, bool) {
	i := slices.IndexFunc(v.Members(), func(m Member) bool { return m.Name == name })
	if i < 0 {
		return Value{}, false
	}
	return v.Members()[i].Value, true
}

// Text is the content of a text.
func (v Value) Text() (string, error) {
	b, err := v.text()
	return string(b), err
}

func (v Value) text() ([]byte, error) {
	if v.Kind() != Text {
		return nil, reason("%v where a text is due", v.Kind())
	}
	if n := v.n; n.blanks && bytes.ContainsAny(n.octets, "\n\r\t") {
		return nil, reason("a line break within a text")
	}
	return v.content(), nil
}

// content is the content of a text or data; it may be the Value's own octets.
func (v Value) content() []byte {
	if n := v.node(); n.literal {
		return unescape(n.octets)
	}
	return v.node().octets
}

// Binary is a fresh copy of the octets of a binary value: data, or a text in
// base64url without padding (RFC 4648, section 5), blanks and line breaks in
// it set aside.
//
// Spec: JSON has no line breaks in a text, but the long binary values in what
// the Mesh signs have.
func (v Value) Binary() ([]byte, error) {
	switch v.Kind() {
	case Data:
		return append([]byte{}, v.n.octets...), nil
	case Text:
	default:
		return nil, reason("%v where a binary value is due", v.Kind())
	}
	letters := v.content()
	plain := v.n.literal && !v.n.blanks && len(letters) == len(v.n.octets) // without escapes
	if !plain && bytes.ContainsAny(letters, " \n\r\t") {
		letters = slices.DeleteFunc(bytes.Clone(letters), blank)
		defer func() { secret.Wipe(letters[:cap(letters)]) }()
	}
	b := make([]byte, base64.RawURLEncoding.DecodedLen(len(letters)))
	if _, err := base64url.Decode(b, letters); err != nil {
		secret.Wipe(b)
		return nil, reason("no base64url without padding")
	}
	return b, nil
}

// base64url refuses bits beyond the last whole octet, so that octets have one
// text.
var base64url = base64.RawURLEncoding.Strict()

// Int64 is the value of a number that is an integer.
func (v Value) Int64() (int64, error) {
	if v.Kind() != Number {
		return 0, reason("%v where an integer is due", v.Kind())
	}
	i, err := strconv.ParseInt(string(v.n.octets), 10, 64)
	if err != nil {
		return 0, reason("no integer of 64 bits")
	}
	return i, nil
}

// Bool is the value of a boolean.
func (v Value) Bool() (bool, error) {
	if v.Kind() != Bool {
		return false, reason("%v where a boolean is due", v.Kind())
	}
	return string(v.n.octets) == "true", nil
}

// Equal tells whether v and w are the same: members in the same order, texts
// of the same content, numbers in the same letters.
func (v Value) Equal(w Value) bool {
	return v.Kind() == w.Kind() &&
		bytes.Equal(v.content(), w.content()) &&
		slices.EqualFunc(v.Items(), w.Items(), Value.Equal) &&
		slices.EqualFunc(v.Members(), w.Members(), func(m, n Member) bool {
			return m.Name == n.Name && m.Value.Equal(n.Value)
		})
}

// Clone returns a copy of v that shares nothing with it.
func (v Value) Clone() Value {
	n := *v.node()
	n.octets = bytes.Clone(n.octets)
	n.items = slices.Clone(n.items)
	for i, item := range n.items {
		n.items[i] = item.Clone()
	}
	n.members = slices.Clone(n.members)
	for i, m := range n.members {
		n.members[i].Value = m.Value.Clone()
	}
	return Value{&n}
}

// Wipe clears the octets that v refers to.
func (v Value) Wipe() {
	n := v.node()
	if n.kind == Text || n.kind == Data || n.kind == Number {
		clear(n.octets)
	}
	for _, item := range n.items {
		item.Wipe()
	}
	for _, m := range n.members {
		m.Value.Wipe()
	}
}

// Format implements fmt.Formatter: every verb prints the kind alone, since
// what a Value holds may be secret.
func (v Value) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "[%s]", v.Kind()) }

// MarshalJSON implements json.Marshaler and always fails; Marshal writes.
func (v Value) MarshalJSON() ([]byte, error) { return nil, secret.ErrEncode }

func validText(b []byte) bool { return utf8.Valid(b) }

func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }
