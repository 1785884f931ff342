package api

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"

	"meshkey/internal/jsonb"
)

// Bounds of what stands in requests and responses, besides that of the whole.
const (
	maxText = 1 << 12 // octets of a text
	maxList = 1 << 12 // elements of a list: a group has up to 1000 members, with a half each
)

// What is parsed for anyone who sends it has fewer values than jsonb allows: an
// element of a request has some dozen octets for each.
const (
	maxValues   = 1 << 15
	someValues  = 1 << 8
	valueOctets = 8
)

// parseFrugal is parse of what has no more values than its length gives cause
// for.
func parseFrugal(b []byte) (jsonb.Value, error) {
	n := 1
	for _, c := range []string{"{", "[", ","} {
		n += bytes.Count(b, []byte(c))
	}
	if n > min(maxValues, someValues+len(b)/valueOctets) {
		return jsonb.Value{}, errors.New("too many values")
	}
	return parse(b)
}

var (
	octetsType = reflect.TypeFor[[]byte]()
	rawType    = reflect.TypeFor[jsonb.Raw]()
	restType   = reflect.TypeFor[jsonb.Rest]()
)

// check checks what the structure that x points to has: that no text or list is
// too long, and, if all of it must be known, that it has no other members.
// Octets and what is enveloped are bounded by the length of the whole.
func check(x any, known bool) error { return checkValue(reflect.ValueOf(x), known) }

func checkValue(v reflect.Value, known bool) error {
	switch v.Kind() {
	case reflect.String:
		if v.Len() > maxText {
			return fmt.Errorf("a text of more than %d octets", maxText)
		}
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return checkValue(v.Elem(), known)
	case reflect.Slice:
		if v.Type() == octetsType || v.Type() == rawType {
			return nil
		}
		if v.Len() > maxList {
			return fmt.Errorf("a list of more than %d elements", maxList)
		}
		for i := range v.Len() {
			if err := checkValue(v.Index(i), known); err != nil {
				return err
			}
		}
	case reflect.Struct:
		if v.Type() == restType {
			if r := v.Addr().Interface().(*jsonb.Rest); known && len(r.Unknown()) > 0 {
				return errors.New("a member that is not known")
			}
			return nil
		}
		t := v.Type()
		for i := range v.NumField() {
			if f := t.Field(i); f.Anonymous || f.IsExported() {
				if err := checkValue(v.Field(i), known); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
