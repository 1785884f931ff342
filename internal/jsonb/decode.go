package jsonb

import (
	"fmt"
	"reflect"

	"meshkey/internal/secret"
)

// Unmarshal reads a structure without its tag, in either encoding, into the
// one that x points to, which must be zero. Nothing in x refers to b. It panics
// if x is of no type of the schema.
func (s *Schema) Unmarshal(b []byte, x any) error {
	v, err := Parse(b)
	if err != nil {
		return err
	}
	return s.Decode(v, x)
}

// UnmarshalTagged reads a tagged structure in either encoding and returns a
// pointer to it.
func (s *Schema) UnmarshalTagged(b []byte) (any, error) {
	v, err := Parse(b)
	if err != nil {
		return nil, err
	}
	return s.DecodeTagged(v)
}

// Decode is Unmarshal of a value.
func (s *Schema) Decode(v Value, x any) error {
	p, dst := s.plan(x)
	return s.decodeFields(p, v, dst)
}

// DecodeTagged is UnmarshalTagged of a value.
func (s *Schema) DecodeTagged(v Value) (any, error) {
	if v.Kind() != Object || len(v.Members()) != 1 {
		return nil, reason("no tag: an object with one member is due")
	}
	m := v.Members()[0]
	if typ, ok := s.tags[m.Name]; ok {
		x := reflect.New(typ)
		if err := s.decodeFields(s.plans[typ], m.Value, x.Elem()); err != nil {
			s.Wipe(x.Interface())
			return nil, in(m.Name, err)
		}
		return x.Interface(), nil
	}
	if s.unknown == nil {
		return nil, reason("a tag that is not known")
	}
	return s.unknown(Unknown{m.Name, m.Value.Clone()}), nil
}

func (s *Schema) decodeFields(p *plan, v Value, dst reflect.Value) error {
	if v.Kind() != Object {
		return reason("%v where an object is due", v.Kind())
	}
	k := &kept{names: make([]string, 0, len(v.Members()))}
	var few [16]bool // enough for most, and not on the heap
	read := append(few[:0], make([]bool, len(p.fields))...)
	for _, m := range v.Members() {
		k.names = append(k.names, m.Name)
		i, known := p.byName[m.Name]
		if !known {
			if k.unknown == nil {
				k.unknown = map[string]Value{}
			}
			k.unknown[m.Name] = m.Value.Clone()
			continue
		}
		if read[i] {
			return in(p.fields[i].name, reason("given under two names"))
		}
		read[i] = true
		if err := s.decode(&p.fields[i].codec, m.Value, dst.FieldByIndex(p.fields[i].index)); err != nil {
			return in(p.fields[i].name, err)
		}
	}
	if len(k.names) > 0 {
		dst.FieldByIndex(p.rest).Set(reflect.ValueOf(Rest{k}))
	}
	return nil
}

func (s *Schema) decode(c *codec, v Value, dst reflect.Value) error {
	switch c.form {
	case formText:
		b, err := v.text()
		dst.SetString(string(b))
		return err
	case formBool:
		b, err := v.Bool()
		dst.SetBool(b)
		return err
	case formInt:
		i, err := v.Int64()
		dst.SetInt(i)
		return err
	case formBinary:
		b, err := v.Binary()
		dst.SetBytes(b)
		return err
	case formSecret:
		b, err := v.Binary()
		dst.Set(reflect.ValueOf(secret.Take(b)))
		return err
	case formSecretText:
		b, err := v.text()
		dst.Set(reflect.ValueOf(secret.Copy(b)))
		return err
	case formRaw:
		b, err := v.Marshal(JSON)
		dst.SetBytes(b)
		return err
	case formStruct:
		x := reflect.New(c.typ.Elem())
		dst.Set(x)
		return s.decodeFields(s.plans[c.typ.Elem()], v, x.Elem())
	case formTagged:
		return s.decodeInterface(v, dst)
	}
	return s.decodeList(c, v, dst)
}

func (s *Schema) decodeInterface(v Value, dst reflect.Value) error {
	x, err := s.DecodeTagged(v)
	if err != nil {
		return err
	}
	val := reflect.ValueOf(x)
	if !val.Type().Implements(dst.Type()) {
		s.Wipe(x)
		return reason("%s stands where it cannot", s.Tag(x))
	}
	dst.Set(val)
	return nil
}

func (s *Schema) decodeList(c *codec, v Value, dst reflect.Value) error {
	if v.Kind() != Array {
		return reason("%v where a list is due", v.Kind())
	}
	list := reflect.MakeSlice(c.typ, len(v.Items()), len(v.Items()))
	dst.Set(list)
	for i, item := range v.Items() {
		if err := s.decode(c.elem, item, list.Index(i)); err != nil {
			return in(fmt.Sprintf("[%d]", i), err)
		}
	}
	return nil
}
