package jsonb

import (
	"fmt"
	"reflect"
	"strings"

	"meshkey/internal/secret"
)

// Schema is a set of structures that are read and written by the types of
// their fields:
//
//	string, of any name    a text
//	bool, int64            a boolean, an integer
//	[]byte, *secret.Bytes  a binary value
//	*secret.Bytes          a text, with the option "text"
//	*T                     a structure without its tag
//	an interface           a tagged structure, whose type is one of the schema's
//	Raw                    any value, as it stands
//	[]E                    a list of any of these
//
// The field's tag is `jsonb:"name"`, followed by options: ",text" and, for each
// name that older documents have for it, ",was=name". Embedded structures are
// those it descends from, and the first of all embeds Rest.
//
// A field that is empty is not written, unless it was there when the structure
// was read.
type Schema struct {
	tags    map[string]reflect.Type
	plans   map[reflect.Type]*plan
	unknown func(Unknown) any
}

type form uint8

const (
	formText form = iota
	formBool
	formInt
	formBinary
	formSecret
	formSecretText
	formStruct
	formTagged
	formRaw
	formList
)

// codec is how one Go type is read and written.
type codec struct {
	form form
	typ  reflect.Type
	elem *codec // of a list
}

type field struct {
	codec
	name  string
	index []int
}

// plan is how a structure is read and written.
type plan struct {
	fields []field
	byName map[string]int // also by older names
	rest   []int
}

var (
	bytesType  = reflect.TypeFor[[]byte]()
	secretType = reflect.TypeFor[*secret.Bytes]()
	restType   = reflect.TypeFor[Rest]()
	rawType    = reflect.TypeFor[Raw]()
)

// NewSchema makes a schema of the structures that types point to; their tags
// are the names of the types. Structures they refer to belong to it without
// being named, and have no tag. unknown, which may be nil, wraps what stands in
// a tagged field under a tag that the schema does not have.
//
// It panics if a structure cannot be read and written.
func NewSchema(unknown func(Unknown) any, types ...any) *Schema {
	s := &Schema{map[string]reflect.Type{}, map[reflect.Type]*plan{}, unknown}
	for _, t := range types {
		typ := reflect.TypeOf(t).Elem()
		s.tags[typ.Name()] = typ
		s.add(typ)
	}
	return s
}

func (s *Schema) add(typ reflect.Type) {
	if s.plans[typ] != nil {
		return
	}
	p := &plan{byName: map[string]int{}}
	s.plans[typ] = p
	s.addFields(p, typ, nil)
	if p.rest == nil {
		panic(fmt.Sprintf("jsonb: %v embeds no Rest", typ))
	}
}

func (s *Schema) addFields(p *plan, typ reflect.Type, index []int) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		at := append(append([]int{}, index...), i)
		switch {
		case f.Type == restType:
			p.rest = at
		case f.Anonymous:
			s.addFields(p, f.Type, at)
		default:
			name, options, _ := strings.Cut(f.Tag.Get("jsonb"), ",")
			field := field{s.codec(f.Type), name, at}
			p.name(typ, name, len(p.fields))
			for option := range strings.SplitSeq(options, ",") {
				if was, ok := strings.CutPrefix(option, "was="); ok {
					p.name(typ, was, len(p.fields))
				} else if option == "text" {
					field.form = formSecretText
				}
			}
			p.fields = append(p.fields, field)
		}
	}
}

func (p *plan) name(typ reflect.Type, name string, field int) {
	if _, twice := p.byName[name]; twice || name == "" {
		panic(fmt.Sprintf("jsonb: %v has a field without a name of its own", typ))
	}
	p.byName[name] = field
}

func (s *Schema) codec(t reflect.Type) codec {
	c := codec{typ: t}
	switch {
	case t == rawType:
		c.form = formRaw
	case t == bytesType:
		c.form = formBinary
	case t == secretType:
		c.form = formSecret
	case t.Kind() == reflect.String:
		c.form = formText
	case t.Kind() == reflect.Bool:
		c.form = formBool
	case t.Kind() == reflect.Int64:
		c.form = formInt
	case t.Kind() == reflect.Interface:
		c.form = formTagged
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
		c.form = formStruct
		s.add(t.Elem())
	case t.Kind() == reflect.Slice:
		c.form = formList
		elem := s.codec(t.Elem())
		c.elem = &elem
	default:
		panic(fmt.Sprintf("jsonb: no way to read and write %v", t))
	}
	return c
}

// plan returns the plan of the structure that x points to, and that structure.
// It panics if the schema does not have it.
func (s *Schema) plan(x any) (*plan, reflect.Value) {
	v := reflect.ValueOf(x)
	if v.Kind() != reflect.Pointer || v.IsNil() || s.plans[v.Type().Elem()] == nil {
		panic(fmt.Sprintf("jsonb: %T is no structure of the schema", x))
	}
	return s.plans[v.Type().Elem()], v.Elem()
}

// Tag is the tag of the structure that x points to.
func (s *Schema) Tag(x any) string {
	if u, ok := x.(interface{ unknown() *Unknown }); ok {
		return u.unknown().Tag
	}
	return reflect.TypeOf(x).Elem().Name()
}
