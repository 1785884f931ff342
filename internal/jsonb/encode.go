package jsonb

import (
	"reflect"

	"meshkey/internal/secret"
)

// Marshal writes the structure that x points to without its tag. It panics if
// x is of no type of the schema. It fails for a text that is not UTF-8, a Raw
// that is no JSON and an empty place in a list.
func (s *Schema) Marshal(x any, f Format) ([]byte, error) {
	p, src := s.plan(x)
	w := &writer{format: f}
	if err := s.encodeFields(w, p, src); err != nil {
		secret.Wipe(w.out)
		return nil, err
	}
	return w.out, nil
}

// MarshalTagged writes the structure that x points to with its tag.
func (s *Schema) MarshalTagged(x any, f Format) ([]byte, error) {
	w := &writer{format: f}
	if err := s.encodeTagged(w, x); err != nil {
		secret.Wipe(w.out)
		return nil, err
	}
	return w.out, nil
}

func (s *Schema) encodeTagged(w *writer, x any) error {
	w.open('{')
	w.name(s.Tag(x))
	if u, ok := x.(interface{ unknown() *Unknown }); ok {
		if err := w.value(u.unknown().Value); err != nil {
			return err
		}
	} else {
		p, src := s.plan(x)
		if err := s.encodeFields(w, p, src); err != nil {
			return in(s.Tag(x), err)
		}
	}
	w.end('}')
	return nil
}

func (s *Schema) encodeFields(w *writer, p *plan, src reflect.Value) error {
	w.open('{')
	written := make([]bool, len(p.fields))
	encode := func(i int, name string) error {
		written[i] = true
		f := &p.fields[i]
		v := src.FieldByIndex(f.index)
		if isNil(v) {
			return nil
		}
		w.name(name)
		if err := s.encode(w, &f.codec, v); err != nil {
			return in(f.name, err)
		}
		return nil
	}
	if k := src.FieldByIndex(p.rest).Addr().Interface().(*Rest).kept; k != nil {
		for _, name := range k.names {
			if i, known := p.byName[name]; known {
				if err := encode(i, name); err != nil {
					return err
				}
				continue
			}
			w.name(name)
			if err := w.value(k.unknown[name]); err != nil {
				return err
			}
		}
	}
	for i := range p.fields {
		if written[i] || src.FieldByIndex(p.fields[i].index).IsZero() {
			continue
		}
		if err := encode(i, p.fields[i].name); err != nil {
			return err
		}
	}
	w.end('}')
	return nil
}

// isNil tells whether v is a pointer, list or interface with nothing in it.
func isNil(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Interface:
		return v.IsNil()
	}
	return false
}

func (s *Schema) encode(w *writer, c *codec, v reflect.Value) error {
	if isNil(v) {
		return reason("an empty place")
	}
	switch c.form {
	case formText:
		if err := valid(v.String()); err != nil {
			return err
		}
		w.text([]byte(v.String()))
	case formBool:
		w.bool(v.Bool())
	case formInt:
		w.int(v.Int())
	case formBinary:
		w.data(v.Bytes())
	case formSecret:
		w.data(v.Interface().(*secret.Bytes).Reveal())
	case formSecretText:
		w.text(v.Interface().(*secret.Bytes).Reveal())
	case formRaw:
		raw, err := Parse(v.Bytes())
		if err != nil {
			return err
		}
		return w.value(raw)
	case formStruct:
		return s.encodeFields(w, s.plans[c.typ.Elem()], v.Elem())
	case formTagged:
		return s.encodeTagged(w, v.Interface())
	case formList:
		w.open('[')
		for i := range v.Len() {
			w.item()
			if err := s.encode(w, c.elem, v.Index(i)); err != nil {
				return err
			}
		}
		w.end(']')
	}
	return nil
}

// Wipe clears every secret in the structure that x points to and what it holds
// of members it does not know. It panics if x is of no type of the schema.
func (s *Schema) Wipe(x any) {
	if u, ok := x.(interface{ unknown() *Unknown }); ok {
		u.unknown().Value.Wipe()
		return
	}
	p, v := s.plan(x)
	v.FieldByIndex(p.rest).Interface().(Rest).kept.wipe()
	for i := range p.fields {
		s.wipe(&p.fields[i].codec, v.FieldByIndex(p.fields[i].index))
	}
}

func (s *Schema) wipe(c *codec, v reflect.Value) {
	switch {
	case isNil(v):
	case c.form == formSecret || c.form == formSecretText:
		v.Interface().(*secret.Bytes).Wipe()
	case c.form == formStruct || c.form == formTagged:
		s.Wipe(v.Interface())
	case c.form == formList:
		for i := range v.Len() {
			s.wipe(c.elem, v.Index(i))
		}
	}
}
