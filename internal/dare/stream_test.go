package dare

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"meshkey/cogen"
	"meshkey/internal/secret"
	"meshkey/udf"
)

// way is a way to seal a stream.
type way struct {
	name            string
	signed, anon    bool
	text, unknowing bool
}

func ways() []way {
	var out []way
	for _, mode := range []string{"signed", "anonymous", "unsigned"} {
		for _, form := range []string{"data", "runs", "text"} {
			out = append(out, way{mode + " " + form, mode == "signed", mode == "anonymous", form == "text", form == "runs"})
		}
	}
	return out
}

func (p parties) options(w way) SealOptions {
	opt := SealOptions{
		Recipients: []*cogen.PublicKey{p.alice.PublicKey()}, Keys: []*udf.Key{p.shared},
		Anonymous: w.anon, Unsigned: !w.anon && !w.signed, Text: w.text, Meta: ContentMeta{ContentType: "text/plain"},
	}
	if w.signed {
		opt.Signer = p.signer
	}
	return opt
}

func (p parties) sealTo(t testing.TB, w way, plaintext []byte) []byte {
	t.Helper()
	size := int64(len(plaintext))
	if w.unknowing {
		size = -1
	}
	var out bytes.Buffer
	if err := SealTo(&out, bytes.NewReader(plaintext), size, p.options(w)); err != nil {
		t.Fatalf("%s, %d octets: %v", w.name, len(plaintext), err)
	}
	return out.Bytes()
}

// openFrom opens a stream, and verifies it if it is signed.
func (p parties) openFrom(in io.Reader, w way, key Key) ([]byte, error) {
	r, err := NewReader(in)
	if err != nil {
		return nil, err
	}
	if w.signed {
		if err := r.Verify(p.signer.PublicKey()); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	err = r.Open(&out, key)
	return out.Bytes(), err
}

func content(n int) []byte {
	b := make([]byte, n)
	rand.New(rand.NewSource(int64(n))).Read(b)
	return b
}

var streamSizes = []int{0, 1, 15, 16, 17, chunkLen - 1, chunkLen, chunkLen + 1, jobChunks * chunkLen, jobChunks*chunkLen + 1, cbcLen - 16, 2 * cbcLen, 5*cbcLen + 7}

func TestStream(t *testing.T) {
	p := newParties(t)
	for _, w := range ways() {
		for _, n := range streamSizes {
			plaintext := content(n)
			sealed := p.sealTo(t, w, plaintext)
			for i, in := range []io.Reader{
				bytes.NewReader(sealed), struct{ io.Reader }{bytes.NewReader(sealed)}, iotest.HalfReader(bytes.NewReader(sealed)),
			} {
				got, err := p.openFrom(in, w, PrivateKey(p.alice))
				if err != nil || !bytes.Equal(got, plaintext) {
					t.Errorf("%s, %d octets, reader %d: %d octets, %v", w.name, n, i, len(got), err)
				}
			}
			if got, err := p.openFrom(bytes.NewReader(sealed), w, SymmetricKey(p.shared)); err != nil || !bytes.Equal(got, plaintext) {
				t.Errorf("%s, %d octets, symmetric: %v", w.name, n, err)
			}
			if got, err := p.openFrom(bytes.NewReader(sealed), w, PrivateKey(p.bob)); err == nil || len(got) > 0 {
				t.Errorf("%s: opened with another key", w.name)
			}
			if w.anon {
				if e, err := Parse(sealed); err == nil {
					t.Errorf("%s is read as the Mesh's: %v", w.name, e.Header.Enc)
				}
				continue
			}
			e := parse(t, sealed)
			if w.signed {
				if err := e.Verify(p.signer.PublicKey()); err != nil {
					t.Error(err)
				}
			}
			if got, err := e.Open(PrivateKey(p.alice)); err != nil || !bytes.Equal(got, plaintext) {
				t.Errorf("%s, %d octets, whole: %v", w.name, n, err)
			}
		}
	}
}

// What is made whole is read as a stream, in JSON with line feeds and in JSON-B.
func TestReaderReadsWhole(t *testing.T) {
	p := newParties(t)
	e := p.seal(t, true)
	text := e.Bytes()
	folded := bytes.Replace(text, []byte(`},"`), []byte("} ,\n\""), 1)
	at := bytes.Index(folded, []byte(",\n\"")) + 20
	folded = append(append(append([]byte("{ \"DareEnvelope\" : "), folded[:at]...), "\r\n  "...), append(folded[at:], " }\n"...)...)
	for _, in := range [][]byte{text, folded} {
		got, err := p.openFrom(bytes.NewReader(in), way{signed: true}, PrivateKey(p.alice))
		if err != nil || string(got) != secretWords {
			t.Errorf("%q, %v", got, err)
		}
	}
	r, err := NewReader(strings.NewReader("[{\xb4\x03dig\x80\x04S512}\x8c\x01a\x88\x01b]"))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := r.Open(&out, nil); err != nil || out.String() != "ab" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

// Whatever octet is changed, wherever it is cut, whatever is added: the reader
// of an authenticated envelope hears of it, and no octet of another plaintext
// comes out.
func TestAuthenticatedIsRigid(t *testing.T) {
	p := newParties(t)
	plaintext := content(300)
	for _, w := range ways() {
		if w.unknowing || !w.anon && (w.text || !w.signed) {
			continue // no other octets than in one of the others
		}
		sealed := p.sealTo(t, w, plaintext)
		check := func(what string, changed []byte) {
			t.Helper()
			got, err := p.openFrom(bytes.NewReader(changed), w, SymmetricKey(p.shared))
			if w.anon && err == nil {
				t.Errorf("%s, %s: opened", w.name, what)
			}
			if (w.anon || w.signed) && !bytes.HasPrefix(plaintext, got) {
				t.Errorf("%s, %s: other octets", w.name, what)
			}
		}
		for i := range sealed {
			changed := bytes.Clone(sealed)
			changed[i] ^= 1 << (i % 8)
			check(fmt.Sprintf("octet %d changed", i), changed)
			if got, err := p.openFrom(bytes.NewReader(sealed[:i]), w, SymmetricKey(p.shared)); err == nil || !w.anon && len(got) > 0 {
				t.Errorf("%s, cut at %d: %d octets, %v", w.name, i, len(got), err)
			}
		}
		for _, more := range []string{"x", "]", `{"a":1}`, "\x88\x00"} {
			if _, err := p.openFrom(bytes.NewReader(append(bytes.Clone(sealed), more...)), w, SymmetricKey(p.shared)); err == nil {
				t.Errorf("%s with %q after it is opened", w.name, more)
			}
		}
		if _, err := p.openFrom(bytes.NewReader(append(bytes.Clone(sealed), " \n"...)), w, SymmetricKey(p.shared)); err != nil {
			t.Errorf("%s with a line feed after it: %v", w.name, err)
		}
	}
}

// Chunks that change places, are left out or doubled, or the last of which is
// not the last.
func TestChunksOfOthers(t *testing.T) {
	p := newParties(t)
	w := way{name: "anonymous", anon: true}
	plaintext := content(7*chunkLen + 100)
	sealed := p.sealTo(t, w, plaintext)
	n := 7*sealedLen + 100 + tagLen
	head, body, tail := sealed[:len(sealed)-2-n-5], sealed[len(sealed)-2-n:len(sealed)-2], sealed[len(sealed)-2:]
	chunk := func(i int) []byte { return body[i*sealedLen : min((i+1)*sealedLen, n)] }
	open := func(chunks ...[]byte) ([]byte, error) {
		all := bytes.Join(chunks, nil)
		in := append(append(appendRun(bytes.Clone(head), codeData, uint64(len(all))), all...), tail...)
		return p.openFrom(bytes.NewReader(in), w, PrivateKey(p.alice))
	}
	all := func() (out [][]byte) {
		for i := range 8 {
			out = append(out, chunk(i))
		}
		return out
	}
	if got, err := open(all()...); err != nil || !bytes.Equal(got, plaintext) {
		t.Fatal(err)
	}
	for name, change := range map[string]func([][]byte) [][]byte{
		"swapped":          func(c [][]byte) [][]byte { c[1], c[4] = c[4], c[1]; return c },
		"first left out":   func(c [][]byte) [][]byte { return c[1:] },
		"last left out":    func(c [][]byte) [][]byte { return c[:7] },
		"cut after a job":  func(c [][]byte) [][]byte { return c[:3] },
		"doubled":          func(c [][]byte) [][]byte { return append([][]byte{c[0]}, c...) },
		"last twice":       func(c [][]byte) [][]byte { return append(c, c[7]) },
		"nothing":          func(c [][]byte) [][]byte { return nil },
		"an empty one":     func(c [][]byte) [][]byte { return append(c, nil, make([]byte, tagLen)) },
		"the last alone":   func(c [][]byte) [][]byte { return c[7:] },
		"a shorter middle": func(c [][]byte) [][]byte { c[2] = c[2][:sealedLen-1]; return c },
	} {
		got, err := open(change(all())...)
		if !errors.Is(err, ErrDecrypt) || !bytes.HasPrefix(plaintext, got) {
			t.Errorf("%s: %d octets, %v", name, len(got), err)
		}
	}
}

// A header that names another base seed for somebody else would let two
// recipients read two plaintexts, but for the commitment.
func TestCommitment(t *testing.T) {
	p := newParties(t)
	seed, salt := secret.Random(seedLen), content(saltLen)
	var out bytes.Buffer
	w := way{anon: true}
	if err := sealTo(&out, strings.NewReader("a"), 1, p.options(w), seed, salt); err != nil {
		t.Fatal(err)
	}
	k, err := newContentKeys(seed.Reveal(), salt)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := newContentKeys(secret.Random(seedLen).Reveal(), salt)
	h := &Header{}
	if h.KeyCommitment, _ = k.commitment(); !k.committed(h) || other.committed(h) || k.committed(&Header{}) {
		t.Error("the commitment does not commit")
	}
}

func TestSealToRefuses(t *testing.T) {
	p := newParties(t)
	broken := errors.New("broken")
	for _, w := range ways() {
		opt := p.options(w)
		if w.unknowing {
			continue
		}
		for _, size := range []int64{0, 4, 6, 1 << 40} {
			if err := SealTo(io.Discard, strings.NewReader("fives"), size, opt); err != errSize {
				t.Errorf("%s: 5 octets for %d: %v", w.name, size, err)
			}
		}
		if err := SealTo(io.Discard, iotest.ErrReader(broken), -1, opt); err != broken {
			t.Errorf("%s: %v", w.name, err)
		}
		for _, room := range []int{0, 600, 3 * cbcLen} {
			if err := SealTo(&fullWriter{room}, bytes.NewReader(content(9*cbcLen)), -1, opt); err != errFull {
				t.Errorf("%s: a full disk: %v", w.name, err)
			}
		}
	}
	both := p.options(way{anon: true})
	both.Unsigned = true
	if err := SealTo(io.Discard, strings.NewReader(""), 0, both); err == nil {
		t.Error("anonymous and unsigned")
	}
	if _, err := Seal(nil, p.options(way{anon: true})); err == nil {
		t.Error("an anonymous envelope in the Mesh's form")
	}
}

var errFull = errors.New("full")

type fullWriter struct{ room int }

func (w *fullWriter) Write(b []byte) (int, error) {
	if w.room -= len(b); w.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// A file that changes after it was verified gives nothing out that was not.
func TestChangedBetweenPasses(t *testing.T) {
	p := newParties(t)
	w := way{signed: true}
	plaintext := content(4 * cbcLen)
	sealed := p.sealTo(t, w, plaintext)
	for _, at := range []int{len(sealed) / 2, len(sealed) - 1000} {
		r, err := NewReader(bytes.NewReader(sealed))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Verify(p.signer.PublicKey()); err != nil {
			t.Fatal(err)
		}
		sealed[at] ^= 1
		var out bytes.Buffer
		if err := r.Open(&out, PrivateKey(p.alice)); err != errChanged || !bytes.HasPrefix(plaintext, out.Bytes()) {
			t.Errorf("%d octets, %v", out.Len(), err)
		}
		sealed[at] ^= 1
	}
}

func TestReaderRefuses(t *testing.T) {
	p := newParties(t)
	signed := p.sealTo(t, way{signed: true}, []byte("words"))
	r, err := NewReader(bytes.NewReader(signed))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Open(io.Discard, PrivateKey(p.alice)); err != ErrUnverified {
		t.Errorf("opened before it was verified: %v", err)
	}
	if err := r.Verify(cogen.Ed448().GenerateKey().PublicKey()); err == nil {
		t.Error("verified with another key")
	}
	if names, err := r.Signers(); len(names) != 1 || err != nil || r.Authenticated() || !r.Encrypted() || len(r.Recipients()) != 2 {
		t.Errorf("%v, %v", names, err)
	}
	anon := p.sealTo(t, way{anon: true}, []byte("words"))
	if r, err = NewReader(bytes.NewReader(anon)); err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(p.signer.PublicKey()); err != ErrUnsigned || !r.Authenticated() {
		t.Error(err)
	}
	if err := r.Open(io.Discard, PrivateKey(p.alice)); err != nil {
		t.Error(err)
	}
	if err := r.Open(io.Discard, PrivateKey(p.alice)); err == nil {
		t.Error("read twice")
	}
	// The body of ours under the Mesh's tag, and the other way round.
	for _, in := range []string{
		strings.Replace(string(anon), tagAuthenticated, tagEnvelope, 1),
		strings.TrimSuffix(strings.TrimPrefix(string(anon), `{"`+tagAuthenticated+`":`), "}"),
		`{"` + tagAuthenticated + `":` + string(signed) + "}",
		`{"Other":[{},""]}`, `[{"a":` + strings.Repeat("[", 100), `[{},1]`, `[{}]`, `[{},"A`, `[{},""`, "[{},\x88", "[{},\x88\x05ab]", "",
		`[{"a":"` + strings.Repeat("a", maxHeader) + `"},""]`,
	} {
		r, err := NewReader(strings.NewReader(in))
		if err == nil {
			err = r.Open(io.Discard, PrivateKey(p.alice))
		}
		if err == nil || !strings.HasPrefix(err.Error(), "dare: ") {
			t.Errorf("%.60q: %v", in, err)
		}
	}
}

func TestPipeIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 64 MiB")
	}
	if _, err := NewReader(io.MultiReader(strings.NewReader(`[{},"`), io.LimitReader(spaces{}, MaxSize))); err != ErrPipe {
		t.Error(err)
	}
}

type spaces struct{}

func (spaces) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

// FuzzReader: nothing opens by accident, and what is read whole and as a stream
// is the same.
func FuzzReader(f *testing.F) {
	key, _ := udf.NewKey([]byte("sixteen octets!!"))
	for _, w := range ways() {
		opt := SealOptions{Keys: []*udf.Key{key}, Anonymous: w.anon, Unsigned: !w.anon, Text: w.text}
		var out bytes.Buffer
		if err := sealTo(&out, strings.NewReader("words"), 5, opt, secret.Copy(make([]byte, seedLen)), make([]byte, saltLen)); err != nil {
			f.Fatal(err)
		}
		f.Add(out.Bytes())
	}
	f.Add([]byte("[{\xb4\x03dig\x80\x04S512}\x8c\x01a\x88\x01b]"))
	f.Add([]byte(`{ "DareEnvelope": [{"dig":"S512"}, "AA` + "\n" + `AA", {"PayloadDigest":"AA"}]} `))
	f.Fuzz(func(t *testing.T, in []byte) {
		var got bytes.Buffer
		r, err := NewReader(bytes.NewReader(in))
		if err == nil {
			err = r.Open(&got, SymmetricKey(key))
		}
		if err == nil && r.Authenticated() && got.String() != "words" {
			t.Fatalf("%q opens as %q", in, got.Bytes())
		}
		e, whole := Parse(in)
		if err != nil || whole != nil {
			return
		}
		want, whole := e.Body, nil
		if e.Encrypted() {
			want, whole = e.Open(SymmetricKey(key))
		}
		if whole != nil || !bytes.Equal(want, got.Bytes()) {
			t.Fatalf("%q: a stream gives %q, the whole %q, %v", in, got.Bytes(), want, whole)
		}
	})
}

// The example of docs/FORMATS.md, which a program in another language has
// opened from the specification alone.
func TestAuthenticatedKnownAnswer(t *testing.T) {
	key, err := udf.ParseKey("EBZW-S6DU-MVSW-4IDP-MN2G-K5DT-EEQQ")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../../docs/FORMATS.md")
	if err != nil {
		t.Fatal(err)
	}
	var seed, salt []byte
	for i := range byte(seedLen) {
		seed = append(seed, i)
	}
	for i := range byte(saltLen) {
		salt = append(salt, 0xa0+i)
	}
	var out bytes.Buffer
	opt := SealOptions{Keys: []*udf.Key{key}, Anonymous: true, Text: true}
	if err := sealTo(&out, strings.NewReader("words"), 5, opt, secret.Take(seed), salt); err != nil {
		t.Fatal(err)
	}
	folded := strings.NewReplacer("\n    ", "").Replace(string(want))
	if !strings.Contains(folded, out.String()) {
		t.Errorf("docs/FORMATS.md does not have %s", out.String())
	}
}
