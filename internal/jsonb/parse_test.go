package jsonb

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"meshkey/internal/secret/secrettest"
)

func TestParseJSON(t *testing.T) {
	v, err := Parse([]byte(" {\"a\" : [1, -2.5e3, true,null , \"x\\u00e9\\ud83d\\ude00\\n\"], \"b\":{}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	a, _ := v.Member("a")
	if text, err := a.Items()[4].Text(); text != "xé😀\n" || err != nil {
		t.Errorf("text %q, %v", text, err)
	}
	out, err := v.Marshal(JSON)
	if want := `{"a":[1,-2.5e3,true,null,"x\u00e9\ud83d\ude00\n"],"b":{}}`; string(out) != want || err != nil {
		t.Errorf("written %s, %v", out, err)
	}
}

// Nothing of this is JSON, though encoding/json or the reference would take
// some of it.
func TestParseRefuses(t *testing.T) {
	for _, in := range []string{
		"", " ", "{", "}", `{"a"}`, `{"a":}`, `{"a":1,}`, `{,"a":1}`, `{"a":1 "b":2}`, `{a:1}`, `{"a":1}x`, `{"a":1}{}`,
		`[1,]`, `[,1]`, `[1 2]`, `[`, `01`, `-`, `1.`, `.5`, `1e`, `+1`, `0x1`, `NaN`, `tru`, `True`, `nul`,
		`"`, `"\`, `"\x"`, `"\u12"`, `"\u12G4"`, `"\ud83d"`, `"\ud83d\u0041"`, `"\ude00"`, "\"\x01\"", "\"\xff\"", "\"\xed\xa0\x80\"",
		`{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, "{\"a\nb\":1}", `{"x":{"a":1,"b":1,"a":1}}`, "\ufeff{}",
		"\xb4", "{\xb4", "{\xb4\x01", "{\xb4\x01a", "{\xb4\x01a\xb0", "{\xb4\x01a\xb0,\xb4\x01b\xb0}", "{\xb4\x01a\xb0\xb4\x01a\xb0}",
		"{\xb4\x01a:\xb0}", "{\xb4\x01a\xb0 }", "{\xb0\xb0}", "{\x88\x01a\xb0}", "{\xb4\x01\xff\xb0}", "\x80\x02a", "\x80\x01\xff",
		"\x83\xff\xff\xff\xff\xff\xff\xff\xffa", "\x83\x7f\xff\xff\xff\xff\xff\xff\xffa", "\x8b\x80\x00\x00\x00\x00\x00\x00\x00", "\x84\x01a",
		"\x84\x01a\x88\x01a", "\x84\x01a\xb0", "\xa1\x01", "\x90\x00", "\xb3", "\xb0\xb0", "[\xb0\x01",
	} {
		v, err := Parse([]byte(in))
		var place *Error
		if err == nil {
			t.Errorf("%q is read as %v", in, v)
		} else if !errors.As(err, &place) || place.Offset < 0 || place.Offset > len(in) {
			t.Errorf("%q: %v gives no place", in, err)
		}
	}
	many := make([]string, 40)
	for i := range many {
		many[i] = fmt.Sprintf(`"%d":0`, i)
	}
	if _, err := Parse([]byte("{" + strings.Join(many, ",") + "}")); err != nil {
		t.Error(err)
	}
	if _, err := Parse([]byte("{" + strings.Join(append(many, many[3]), ",") + "}")); err == nil {
		t.Error("one of many members may come twice")
	}
}

func TestBounds(t *testing.T) {
	deep := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	if _, err := Parse(deep(MaxDepth)); err != nil {
		t.Error(err)
	}
	for name, in := range map[string][]byte{
		"deep":            deep(MaxDepth + 1),
		"deep, JSON-B":    []byte(strings.Repeat("[", MaxDepth+1) + "\xb0" + strings.Repeat("]", MaxDepth+1)),
		"many":            []byte("[" + strings.Repeat("0,", MaxValues) + "0]"),
		"many, JSON-B":    []byte("[" + strings.Repeat("\xb0", MaxValues) + "]"),
		"long":            make([]byte, MaxSize+1),
		"a long number":   []byte(strings.Repeat("1", maxNumber+1)),
		"a million opens": bytes.Repeat([]byte("["), 1<<20),
	} {
		if _, err := Parse(in); err == nil {
			t.Errorf("%s: read", name)
		}
	}
}

// The connection assertion of the reference's examples of 2022-05-03,
// ProtocolConnectPIN.md, cut to its frame.
func TestParseBinary(t *testing.T) {
	in, _ := hex.DecodeString("7bb411436f6e6e656374696f6e53657276696365" +
		"7bb40355646680224d41374a2d41534f552d4b4f35362d363246412d493447452d434948352d56525251" +
		"b405526f6c65735b80097468726573686f6c645d" + "80015a8802ff00" + "b4014ea10100b4014da80780" + "0142b07d7d")
	v, err := Parse(in)
	if err != nil {
		t.Fatal(err)
	}
	out, err := v.Marshal(JSON)
	want := `{"ConnectionService":{"Udf":"MA7J-ASOU-KO56-62FA-I4GE-CIH5-VRRQ","Roles":["threshold"],"Z":"_wA","N":256,"M":-7,"B":true}}`
	if string(out) != want || err != nil {
		t.Errorf("read as %s, %v", out, err)
	}
	back, err := v.Marshal(Binary)
	again, err2 := Parse(back)
	if err != nil || err2 != nil || !again.Equal(v) {
		t.Errorf("written as %x, %v, %v", back, err, err2)
	}
}

// Blanks in a binary value are set aside however they are written, and line
// breaks in a text are refused.
func TestBlanks(t *testing.T) {
	for in, want := range map[string]string{
		`"QUJD"`: "ABC", `"QU JD"`: "ABC", `"QU\u0020JD"`: "ABC", "\"QU\nJD\"": "ABC", `"QU\nJD"`: "ABC", "\"\tQUJD \"": "ABC",
		"\x80\x05QU JD": "ABC", `"QU-JD"`: "", `"QU\u00a0JD"`: "",
	} {
		v, err := Parse([]byte(in))
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if got, err := v.Binary(); string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for in, want := range map[string]string{`"a b"`: "a b", `"a\nb"`: "a\nb", "\"a\nb\"": "", "\"a\tb\"": "", "\"\r\"": ""} {
		v, err := Parse([]byte(in))
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if got, err := v.Text(); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

func TestParts(t *testing.T) {
	v, err := Parse([]byte("[\x84\x02ab\x85\x00\x01c\x80\x00\x8c\x01\x01\x8c\x00\x88\x01\x02\x8c\x00\x88\x00]"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := v.Items()[0].Text()
	data, err2 := v.Items()[1].Binary()
	if text != "abc" || !bytes.Equal(data, []byte{1, 2}) || err != nil || err2 != nil {
		t.Errorf("%q %x, %v, %v", text, data, err, err2)
	}
	if _, err := Parse([]byte("{\x84\x01a\x80\x01b\xb0}")); err == nil {
		t.Error("a name in parts is read")
	}
}

func TestReadData(t *testing.T) {
	in := AppendData(AppendData(nil, []byte{1}), bytes.Repeat([]byte{2}, 300))
	a, rest, err := ReadData(append(in, 9))
	b, rest2, err2 := ReadData(rest)
	if err != nil || err2 != nil || !bytes.Equal(a, []byte{1}) || len(b) != 300 || !bytes.Equal(rest2, []byte{9}) {
		t.Errorf("%x %d %x, %v, %v", a, len(b), rest2, err, err2)
	}
	for _, in := range []string{"", "\x80\x01a", "\x88\x02a", "\xb0"} {
		if _, _, err := ReadData([]byte(in)); err == nil {
			t.Errorf("%q is read", in)
		}
	}
}

// Line breaks may stand in a binary value of JSON and nowhere else.
func TestBinaryText(t *testing.T) {
	for in, want := range map[string]string{
		"\"\"": "", "\"AA\"": "00", "\"_-8\"": "ffef", "\"_-\n  8\"": "ffef", "\"_\r\n\t-8\"": "ffef", `"_-\n8"`: "ffef", "\"A A\"": "00",
		"\"AB\"": "no", "\"A\"": "no", "\"AA==\"": "no", "\"+/8\"": "no", "\"é\"": "no", "1": "no", "null": "no", "[]": "no",
	} {
		v, err := Parse([]byte(in))
		if err != nil {
			t.Fatalf("%q: %v", in, err)
		}
		b, err := v.Binary()
		if got := hex.EncodeToString(b); err == nil && got != want || err != nil && want != "no" {
			t.Errorf("%q is %q, %v", in, got, err)
		}
		if out, _ := v.Marshal(JSON); string(out) != in {
			t.Errorf("%q is written %q", in, out)
		}
	}
	if v, _ := Parse([]byte("\"a\nb\"")); v.Kind() == Text {
		if _, err := v.Text(); err == nil {
			t.Error("a text may have a line break")
		}
	}
}

func TestNumbers(t *testing.T) {
	for in, want := range map[string]int64{
		"0": 0, "-0": 0, "9223372036854775807": 1<<63 - 1, "-9223372036854775808": -1 << 63,
		"\xa0\x05": 5, "\xa8\x00": 0, "\xa3\x7f\xff\xff\xff\xff\xff\xff\xff": 1<<63 - 1, "\xab\x80\x00\x00\x00\x00\x00\x00\x00": -1 << 63,
	} {
		v, err := Parse([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		if i, err := v.Int64(); i != want || err != nil {
			t.Errorf("%q is %d, %v", in, i, err)
		}
	}
	for _, in := range []string{"1.0", "1e2", "9223372036854775808", "\"1\"", "\xa3\x80\x00\x00\x00\x00\x00\x00\x00"} {
		v, err := Parse([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		if i, err := v.Int64(); err == nil {
			t.Errorf("%q is %d", in, i)
		}
	}
	for _, i := range []int64{0, 1, -1, 255, 256, -256, 65536, 1 << 32, 1<<63 - 1, -1 << 63} {
		for _, f := range []Format{JSON, Binary} {
			out, err := Int(i).Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			v, err := Parse(out)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := v.Int64(); got != i || err != nil {
				t.Errorf("%d comes back as %d, %v", i, got, err)
			}
		}
	}
}

func TestValueHidden(t *testing.T) {
	octets := []byte("an octet string that nobody may see")
	v := List(String(string(octets)), Octets(octets))
	secrettest.CheckHidden(t, v, octets)
	secrettest.CheckHidden(t, &v, octets)
	secrettest.CheckHidden(t, struct{ inner Value }{v}, octets)
	secrettest.CheckHidden(t, Member{"name", v}, octets)
}

// FuzzParse: what is read is written to the same value in either encoding,
// and the text written does not change any more.
// hasData tells whether there is binary data of JSON-B in v, which JSON writes
// as a text.
func hasData(v Value) bool {
	return v.Kind() == Data || slices.ContainsFunc(v.Items(), hasData) ||
		slices.ContainsFunc(v.Members(), func(m Member) bool { return hasData(m.Value) })
}

// A value of JSON-B stands within JSON; a list or object of it does not.
func TestMixed(t *testing.T) {
	v, err := Parse([]byte("[{\"dig\": \"S512\"}, \x8c\x01a\x88\x01b , {}] "))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := v.Items()[1].Binary(); string(b) != "ab" || err != nil || len(v.Items()) != 3 {
		t.Errorf("%q, %v", b, err)
	}
	if _, err := Parse([]byte("[1,[\x88\x00\x88\x00]]")); err == nil {
		t.Error("a list of JSON-B in JSON")
	}
	v, n, err := ParseFirst([]byte(` {"a":1} , 2`))
	if err != nil || n != 8 || v.Kind() != Object {
		t.Errorf("%v, %d, %v", v, n, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, in := range []string{
		`{"ProfileUser": {"Udf": "MARP", "n": [1, -2.5e3, true, null, false], "b": "AA` + "\n  " + `AA", "e": "\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}}`,
		"{\xb4\x01a{\x80\x01b\x80\x00\xb4\x01c[\x84\x01x\x80\x01y\x8c\x01x\x88\x00\xa0\x01\xab\x80\x00\x00\x00\x00\x00\x00\x00]}}", "[]", "\"\"", "\xb2",
	} {
		f.Add([]byte(in))
	}
	f.Add([]byte("[{}, 1, \x8c\x01a\x88\x01b, \xb0]"))
	f.Fuzz(func(t *testing.T, in []byte) {
		v, err := Parse(in)
		if err != nil {
			return
		}
		same := Parse
		formats := []Format{JSON}
		if isBinary(in) {
			formats = []Format{Binary, JSON}
		}
		for _, format := range formats {
			out, err := v.Marshal(format)
			if err != nil {
				t.Fatalf("%q is read and not written: %v", in, err)
			}
			back, err := same(out)
			if err != nil {
				t.Fatalf("%q is written %q, which is not read: %v", in, out, err)
			}
			if format == Binary == isBinary(in) && !(format == JSON && hasData(v)) && !back.Equal(v) {
				t.Fatalf("%q is written %q, which is another value", in, out)
			}
			if again, err := back.Marshal(format); err != nil || !bytes.Equal(again, out) {
				t.Fatalf("%q is written %q, then %q, %v", in, out, again, err)
			}
		}
		_, _ = v.Binary()
		_, _ = v.Int64()
	})
}
