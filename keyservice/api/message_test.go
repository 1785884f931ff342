package api

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
	"meshkey/mesh"
)

// fill gives every field of the structure in v a value.
func fill(t *testing.T, v reflect.Value) {
	switch v.Type() {
	case rawType:
		v.Set(reflect.ValueOf(mesh.Envelope(`[{},"AA"]`)))
		return
	case octetsType:
		v.SetBytes([]byte{1, 2, 3})
		return
	case restType:
		return
	case reflect.TypeFor[*secret.Bytes]():
		v.Set(reflect.ValueOf(secret.Copy([]byte("a secret"))))
		return
	case reflect.TypeFor[mesh.AnyOperation]():
		v.Set(reflect.ValueOf(&mesh.CryptographicOperationKeyAgreement{}))
	case reflect.TypeFor[mesh.AnyResult]():
		v.Set(reflect.ValueOf(&mesh.CryptographicResultKeyAgreement{}))
	case reflect.TypeFor[mesh.AnyKey]():
		v.Set(reflect.ValueOf(&mesh.PublicKeyECDH{}))
	case reflect.TypeFor[mesh.AnyAgreement]():
		v.Set(reflect.ValueOf(&mesh.KeyAgreementECDH{}))
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("text é")
	case reflect.Int64:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Interface:
		fill(t, v.Elem())
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		fill(t, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	default:
		t.Fatalf("no value for a %v", v.Type())
	}
}

// full is a structure like x with all its members.
func full[T any](t *testing.T, x T) T {
	v := reflect.New(reflect.TypeOf(x).Elem())
	fill(t, v)
	return v.Interface().(T)
}

func TestEveryCall(t *testing.T) {
	names := map[string]bool{}
	for _, c := range calls {
		name := Name(c.request)
		if names[name] {
			t.Errorf("two calls of the name %s", name)
		}
		names[name] = true
		b, err := Marshal(full(t, c.request))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(b), `{"`+name+`Request":{`) {
			t.Errorf("%s: a request begins with %.40s", name, b)
		}
		r, err := ParseRequest(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if again, err := Marshal(r); string(again) != string(b) || err != nil {
			t.Errorf("%s becomes %s, %v", b, again, err)
		}
		if _, err := ParseResponse(b); err == nil {
			t.Errorf("%s: a request is read as a response", name)
		}

		full := full(t, c.response)
		full.Base().Status = StatusDone
		if b, err = Marshal(full); err != nil {
			t.Fatal(err)
		}
		response, err := ParseAnswer(r, b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if again, err := Marshal(response); string(again) != string(b) || err != nil {
			t.Errorf("%s becomes %s, %v", b, again, err)
		}
		if _, err := ParseRequest(b); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: a response is read as a request: %v", name, err)
		}
		for _, other := range calls {
			if _, err := ParseAnswer(other.request, b); (err == nil) != (other.request == c.request) {
				t.Errorf("the response to %s answers %s: %v", name, Name(other.request), err)
			}
		}
	}
}

// A refusal is the same error on the other side, and no other.
func TestRefusals(t *testing.T) {
	codes := map[string]bool{}
	for _, sent := range refusals {
		if codes[sent.Code] {
			t.Errorf("two refusals with the code %s", sent.Code)
		}
		codes[sent.Code] = true
		for _, name := range []string{"Operate", "", "no call"} {
			_, err := ParseAnswer(&OperateRequest{}, Refuse(name, sent.Because("of a test").After(1500*time.Millisecond)))
			for _, is := range refusals {
				if errors.Is(err, is) != (is == sent) {
					t.Errorf("%v is %s: %v", sent, is.Code, !errors.Is(err, sent))
				}
			}
			var got *Error
			if !errors.As(err, &got) || got.Status != sent.Status || got.RetryAfter != 2*time.Second || !strings.HasSuffix(got.Description, ": of a test") {
				t.Errorf("%v arrives as %v", sent, err)
			}
		}
		if _, err := ParseAnswer(&GetRequest{}, Refuse("Operate", sent)); err == nil || errors.Is(err, sent) {
			t.Errorf("a refusal of another call: %v", err)
		}
	}
}

func TestRefusalsNamed(t *testing.T) {
	const name = "5c1d8a3e9b24f071"
	if no := ErrUnavailable.Named(name); !errors.Is(no, ErrUnavailable) || !strings.HasSuffix(no.Error(), " (request "+name+")") {
		t.Error(no)
	}
	for _, no := range []*Error{ErrDenied.Named(name), ErrUnavailable.Named(""), ErrUnavailable.Named("5C1D8A3E9B24F071"), ErrSealed.Named(name + "0")} {
		if no.Request != "" {
			t.Error(no)
		}
	}
	if ErrUnavailable.Request != "" {
		t.Error("the sentinel was changed")
	}
}

func TestForeignRefusals(t *testing.T) {
	for in, want := range map[string]struct {
		is   error
		text string
	}{
		`{"GetResponse":{"Status":404}}`:                                            {ErrUnknown, "keyservice: nothing of this name is here"},
		`{"GetResponse":{"Status":503,"StatusDescription":"no"}}`:                   {ErrUnavailable, "keyservice: no"},
		`{"GetResponse":{"Status":201,"Code":"denied"}}`:                            {nil, ""},
		`{"GetResponse":{}}`:                                                        {nil, "keyservice: the service refuses"},
		`{"GetResponse":{"Status":-9000000000000000000,"RetryAfter":-1}}`:           {nil, "keyservice: the service refuses"},
		`{"ErrorResponse":{"Status":403,"Code":"new"}}`:                             {nil, "keyservice: the service refuses"},
		`{"GetResponse":{"Status":403,"StatusDescription":"\u001b[2J\nred\u202e"}}`: {ErrDenied, "keyservice: ?[2J?red?"},
	} {
		_, err := ParseAnswer(&GetRequest{}, []byte(in))
		if err == nil {
			if want.text != "" {
				t.Errorf("%s is no refusal", in)
			}
			continue
		}
		if err.Error() != want.text {
			t.Errorf("%s: %q", in, err)
		}
		for _, r := range refusals {
			if errors.Is(err, r) != (r == want.is) {
				t.Errorf("%s is %s", in, r.Code)
			}
		}
	}
	if _, err := ParseAnswer(&GetRequest{}, []byte(`{"ErrorResponse":{"Status":201}}`)); err == nil {
		t.Error("a response without a type answers")
	}
	var e *Error
	_, err := ParseAnswer(&GetRequest{}, []byte(`{"GetResponse":{"Status":429,"RetryAfter":9223372036854775807}}`))
	if !errors.As(err, &e) || e.RetryAfter <= 0 {
		t.Errorf("a long wait is %v", e.RetryAfter)
	}
}

func TestMalformedRequests(t *testing.T) {
	for _, in := range []string{
		``, `{}`, `[]`, `null`, `"HelloRequest"`, `{"HelloRequest":[]}`, `{"HelloRequest":{}} x`, `{"HelloRequest":{},"GetRequest":{}}`,
		`{"HelloRequest":{"X":1}}`, `{"helloRequest":{}}`, `{"MeshHelloResponse":{}}`, `{"ContainerStatus":{}}`, `{"KeyAgreementECDH":{"Result":"AA"}}`,
		`{"GetRequest":{"AccountAddress":"a@b","AccountAddress":"a@b"}}`, `{"GetRequest":{"Accountaddress":"a@b"}}`, `{"GetRequest":{"AccountAddress":1}}`,
		`{"GetRequest":{"Select":[{"IndexMin":1.5}]}}`, `{"GetRequest":{"Select":[{"IndexMin":9223372036854775808}]}}`, `{"GetRequest":{"Select":[{"Other":1}]}}`,
		`{"GetRequest":{"Select":[null]}}`, `{"GetRequest":{"Select":{}}}`, "{\"GetRequest\":{\"AccountAddress\":\"\xff\"}}", "{\"GetRequest\":{\"AccountAddress\":\x80\x01a}}",
		"{\xb4\x0aGetRequest{}}", `{"OperateRequest":{"Operations":[{"CryptographicOperationNew":{}}]}}`, `{"OperateRequest":{"Operations":[{"PublicKeyECDH":{}}]}}`,
		`{"OperateRequest":{"Operations":[{"CryptographicOperationKeyAgreement":{"PublicKey":{"PublicKeyECDH":{"crv":"X448","Extra":1}}}}]}}`,
		`{"GetRequest":{"AccountAddress":"` + strings.Repeat("a", maxText+1) + `"}}`,
		`{"GetRequest":{"Select":[{}` + strings.Repeat(`,{}`, maxList) + `]}}`,
		`{"GetRequest":{"Select":[` + strings.Repeat(`{},`, 1000) + `{}]}}`,
		`{"GetRequest":{"Select":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}}`,
	} {
		if r, err := ParseRequest([]byte(in)); !errors.Is(err, ErrMalformed) || r != nil {
			t.Errorf("%.80q is read as %v, %v", in, r, err)
		}
	}
	// What is not known is passed over in what a service says, and kept.
	in := `{"GetResponse":{"Status":201,"New":{"X":[1]}}}`
	r, err := ParseAnswer(&GetRequest{}, []byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := Marshal(r); string(out) != in || err != nil {
		t.Errorf("%s becomes %s, %v", in, out, err)
	}
	if _, err := ParseResponse([]byte(`{"GetResponse":{"StatusDescription":"` + strings.Repeat("a", maxText+1) + `"}}`)); err == nil {
		t.Error("a long text is read")
	}
}

func TestWipe(t *testing.T) {
	r := full(t, &OperateResponse{})
	Wipe(r)
	b, err := Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := jsonb.Parse(b); err != nil || strings.Contains(string(b), "YSBzZWNyZXQ") {
		t.Errorf("after Wipe: %s, %v, %v", b, v, err)
	}
}
