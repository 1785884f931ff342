package jsonb

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"meshkey/internal/secret"
	"meshkey/internal/secret/secrettest"
)

type shape interface{ sides() int }

type base struct {
	Rest
	Name string `jsonb:"Name,was=NAME,was=name"`
}

type Square struct {
	base
	Side    int64         `jsonb:"Side"`
	Filled  bool          `jsonb:"Filled"`
	Octets  []byte        `jsonb:"Octets"`
	Key     *secret.Bytes `jsonb:"Key"`
	Word    *secret.Bytes `jsonb:"Word,text"`
	Inner   *Square       `jsonb:"Inner"`
	Shape   shape         `jsonb:"Shape"`
	Shapes  []shape       `jsonb:"Shapes"`
	Names   []string      `jsonb:"Names"`
	Squares []*Square     `jsonb:"Squares"`
	Chain   [][]byte      `jsonb:"Chain"`
	Raw     Raw           `jsonb:"Raw"`
	Raws    []Raw         `jsonb:"Raws"`
}

type Point struct{ base }

type other struct{ Unknown }

func (*Square) sides() int { return 4 }
func (*other) sides() int  { return 0 }

var testSchema = NewSchema(func(u Unknown) any { return &other{u} }, &Square{}, &Point{})

const squareText = `{"Square":{"later":{"x":[1.5,null]},"name":"q","Side":-3,"Filled":false,"Octets":"","Key":"AAEC","Word":"swordfish",` +
	`"Inner":{"Name":""},"Shape":{"Square":{}},"Shapes":[{"Square":{"Side":1}},{"Circle":{"r":"A\nA"}}],"Names":["a",""],"Squares":[{},{"Side":2}],` +
	`"Chain":["AQ","Ag"],"Raw":[{"a":"b"},"AA",{}],"Raws":[null,{}],"last":true}}`

func TestSchemaRoundTrip(t *testing.T) {
	x, err := testSchema.UnmarshalTagged([]byte(squareText))
	if err != nil {
		t.Fatal(err)
	}
	q := x.(*Square)
	if q.Name != "q" || q.Side != -3 || !bytes.Equal(q.Key.Reveal(), []byte{0, 1, 2}) || string(q.Word.Reveal()) != "swordfish" ||
		q.Shapes[0].(*Square).Side != 1 || q.Shapes[1].(*other).Tag != "Circle" || string(q.Raw) != `[{"a":"b"},"AA",{}]` {
		t.Errorf("%+v", q)
	}
	if got := q.Rest.Unknown(); len(got) != 2 || got[0] != "later" || got[1] != "last" {
		t.Errorf("unknown: %v", got)
	}
	out, err := testSchema.MarshalTagged(q, JSON)
	if string(out) != squareText || err != nil {
		t.Errorf("written\n%s, not\n%s, %v", out, squareText, err)
	}
	binary, err := testSchema.MarshalTagged(q, Binary)
	if err == nil {
		t.Fatalf("%q", binary) // 1.5 has no code
	}
	q.Rest = Rest{}
	if binary, err = testSchema.MarshalTagged(q, Binary); err != nil {
		t.Fatal(err)
	}
	y, err := testSchema.UnmarshalTagged(binary)
	if err != nil {
		t.Fatal(err)
	}
	a, err := testSchema.MarshalTagged(q, JSON)
	b, err2 := testSchema.MarshalTagged(y, JSON)
	if !bytes.Equal(a, b) || err != nil || err2 != nil {
		t.Errorf("through JSON-B\n%s\nbecomes\n%s, %v, %v", a, b, err, err2)
	}
}

// A structure made here writes no empty field, in the order of its fields.
func TestSchemaFresh(t *testing.T) {
	q := &Square{base: base{Name: "q"}, Names: []string{}, Shape: &Square{}}
	out, err := testSchema.Marshal(q, JSON)
	if want := `{"Name":"q","Shape":{"Square":{}},"Names":[]}`; string(out) != want || err != nil {
		t.Errorf("%s, %v", out, err)
	}
	for _, bad := range []*Square{{base: base{Name: "\xff"}}, {Shapes: []shape{nil}}, {Squares: []*Square{nil}}, {Raw: Raw("{")}, {Raw: Raw(`1,"Side":2`)}} {
		if out, err := testSchema.Marshal(bad, JSON); err == nil {
			t.Errorf("%s", out)
		}
	}
}

// A decoded structure lives longer than its input.
func TestSchemaCopies(t *testing.T) {
	in := []byte(squareText)
	x, err := testSchema.UnmarshalTagged(in)
	if err != nil {
		t.Fatal(err)
	}
	clear(in)
	if out, err := testSchema.MarshalTagged(x, JSON); string(out) != squareText || err != nil {
		t.Errorf("%s, %v", out, err)
	}
}

func TestSchemaRefuses(t *testing.T) {
	for in, place := range map[string]string{
		`{}`:                           "",
		`[]`:                           "",
		`{"Square":{},"Point":{}}`:     "",
		`{"Square":[]}`:                "Square",
		`{"Square":{"Side":"1"}}`:      "Square.Side",
		`{"Square":{"Side":1.0}}`:      "Square.Side",
		`{"Square":{"Side":null}}`:     "Square.Side",
		`{"Square":{"Filled":1}}`:      "Square.Filled",
		`{"Square":{"Name":1}}`:        "Square.Name",
		`{"Square":{"Octets":"A"}}`:    "Square.Octets",
		`{"Square":{"Key":"?"}}`:       "Square.Key",
		`{"Square":{"Word":1}}`:        "Square.Word",
		`{"Square":{"Names":"a"}}`:     "Square.Names",
		`{"Square":{"Names":["a",1]}}`: "Square.Names[1]",
		`{"Square":{"Squares":[{},{"Inner":{"Side":""}}]}}`: "Square.Squares[1].Inner.Side",
		`{"Square":{"Shape":{"Point":{}}}}`:                 "Square.Shape",
		`{"Square":{"Shape":{"Square":{"Side":""}}}}`:       "Square.Shape.Square.Side",
		`{"Square":{"Name":"a","NAME":"b"}}`:                "Square.Name",
	} {
		x, err := testSchema.UnmarshalTagged([]byte(in))
		var e *Error
		if err == nil {
			t.Errorf("%s is read as %+v", in, x)
		} else if !errors.As(err, &e) || e.Path != place {
			t.Errorf("%s: %v, not at %q", in, err, place)
		}
	}
	// Names match exactly: encoding/json would take both for Side.
	x, err := testSchema.UnmarshalTagged([]byte(`{"Square":{"SIDE":1,"side":2}}`))
	if err != nil || x.(*Square).Side != 0 || len(x.(*Square).Rest.Unknown()) != 2 {
		t.Errorf("%+v, %v", x, err)
	}
}

func TestSchemaHidden(t *testing.T) {
	octets := []byte("an octet string that nobody may see")
	text, _ := Octets(octets).Marshal(JSON)
	in := `{"Square":{"Key":` + string(text) + `,"Word":"` + string(octets) + `","unknown":` + string(text) + `,"more":"` + string(octets) + `","Shape":{"Circle":"` + string(octets) + `"}}}`
	x, err := testSchema.UnmarshalTagged([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	q := x.(*Square)
	secrettest.CheckHidden(t, q, octets)
	secrettest.CheckHidden(t, *q, octets)
	secrettest.CheckHidden(t, q.Shape, octets)
	key, kept, circle := q.Key.Reveal(), q.Rest.kept.unknown["more"].n.octets, q.Shape.(*other).Value.n.octets
	testSchema.Wipe(q)
	for _, b := range [][]byte{key, kept, circle} {
		if !bytes.Equal(b, make([]byte, len(b))) {
			t.Errorf("left after Wipe: %q", b)
		}
	}
}

func TestNewSchemaPanics(t *testing.T) {
	for name, x := range map[string]any{
		"no Rest": &struct {
			A string `jsonb:"A"`
		}{},
		"no name": &struct {
			Rest
			A string
		}{},
		"one name": &struct {
			Rest
			A string `jsonb:"A"`
			B string `jsonb:"B,was=A"`
		}{},
		"no way": &struct {
			Rest
			A float64 `jsonb:"A"`
		}{},
	} {
		func() {
			defer func() {
				if s, ok := recover().(string); !ok || !strings.HasPrefix(s, "jsonb: ") {
					t.Errorf("%s: no panic", name)
				}
			}()
			NewSchema(nil, x)
		}()
	}
	if _, err := NewSchema(nil, &Point{}).UnmarshalTagged([]byte(`{"Square":{}}`)); err == nil {
		t.Error("a tag that is not known is read")
	}
}

// The writer clears what it outgrows.
func TestWriterClears(t *testing.T) {
	w := &writer{}
	w.raw([]byte("secret"))
	old := w.out
	w.raw(make([]byte, 1000))
	if !bytes.Equal(old, make([]byte, 6)) {
		t.Errorf("%q is left", old)
	}
}
