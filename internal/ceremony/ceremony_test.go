package ceremony

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/udf"
)

// A person has the keys that a party's profile would name.
type person struct {
	Party
	signature, encryption *cogen.PrivateKey
}

func people(names ...string) []person {
	var out []person
	for _, name := range names {
		sig, enc := cogen.Ed448().GenerateKey(), cogen.X448().GenerateKey()
		out = append(out, person{Party{
			name, udf.KeyFingerprint(sig.Algorithm(), sig.PublicKey().Bytes()), []byte("profile of " + name),
			sig.PublicKey(), enc.PublicKey(),
		}, sig, enc})
	}
	return out
}

func parties(all []person) []Party {
	var out []Party
	for _, p := range all {
		out = append(out, p.Party)
	}
	return out
}

// reader reads the profiles of these people.
func reader(all []person) func([]byte) (Party, error) {
	return func(b []byte) (Party, error) {
		for _, p := range all {
			if bytes.Equal(p.Profile, b) {
				return p.Party, nil
			}
		}
		return Party{}, errors.New("no such profile")
	}
}

type say struct {
	Say string `json:"say"`
}

func terms(kind string) Terms {
	return Terms{Kind: kind, Purpose: "to see", Rounds: 2, Parameters: say{"X448"}, Created: time.Unix(1e9, 0)}
}

// A scene is a ceremony as each of three parties has read it.
type scene struct {
	*Ceremony
	people []person
	selves []*Self
}

func begin(t testing.TB, kind string) *scene {
	t.Helper()
	s := &scene{people: people("alice@example.com", "bob", "Ça va")}
	made := must(New(terms(kind), parties(s.people), s.people[0].signature, s.people[0].encryption))(t)
	s.Ceremony = must(Parse(made.Bytes(), reader(s.people)))(t)
	for _, p := range s.people {
		s.selves = append(s.selves, must(s.Join(p.signature, p.encryption))(t))
	}
	return s
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (s *scene) write(t testing.TB, who, round int, text string, secrets map[string][]byte) []byte {
	t.Helper()
	return must(s.Write(s.selves[who], Draft{Round: round, Body: say{text}, Secrets: secrets}))(t)
}

func TestRequest(t *testing.T) {
	s := begin(t, "test")
	var p say
	if err := s.Parameters(&p); err != nil || p.Say != "X448" {
		t.Errorf("parameters %v, %v", p, err)
	}
	if s.Kind() != "test" || s.Maker() != "alice@example.com" || s.Purpose() != "to see" || s.Rounds() != 2 || s.Created() != "2001-09-09T01:46:40Z" {
		t.Errorf("read as %+v", s.request)
	}
	if !slices.Equal(s.Names(), []string{"alice@example.com", "bob", "Ça va"}) || s.selves[1].Number != 2 {
		t.Errorf("parties %v", s.Names())
	}
	other := begin(t, "test")
	if bytes.Equal(s.ID(), other.ID()) || s.Name() == other.Name() {
		t.Error("two requests have one name")
	}
	stranger := people("mallory")[0]
	if _, err := s.Join(stranger.signature, stranger.encryption); !is[*ForeignError](err) {
		t.Errorf("a stranger joins: %v", err)
	}
	if _, err := s.Join(s.people[0].signature, s.people[1].encryption); err == nil {
		t.Error("keys of two parties make one")
	}
}

func TestNewRefuses(t *testing.T) {
	three := people("alice", "bob", "carol")
	make := func(change func(*Terms, []Party) []Party) error {
		terms, all := terms("test"), parties(three)
		all = change(&terms, all)
		_, err := New(terms, all, three[0].signature, three[0].encryption)
		return err
	}
	for what, change := range map[string]func(*Terms, []Party) []Party{
		"a name twice":      func(_ *Terms, p []Party) []Party { p[1].Name = "alice"; return p },
		"a profile twice":   func(_ *Terms, p []Party) []Party { p[1] = p[0]; p[1].Name = "eve"; return p },
		"a key twice":       func(_ *Terms, p []Party) []Party { p[1].Encryption = p[0].Encryption; return p },
		"keys swapped":      func(_ *Terms, p []Party) []Party { p[1].Encryption = p[1].Signature; return p },
		"no key":            func(_ *Terms, p []Party) []Party { p[1].Signature = nil; return p },
		"no name":           func(_ *Terms, p []Party) []Party { p[1].Name = ""; return p },
		"a steering name":   func(_ *Terms, p []Party) []Party { p[1].Name = "bob\x1b[2J"; return p },
		"a reordering name": func(_ *Terms, p []Party) []Party { p[1].Name = "bob\u202e"; return p },
		"a long name":       func(_ *Terms, p []Party) []Party { p[1].Name = strings.Repeat("b", 256); return p },
		"the maker away":    func(_ *Terms, p []Party) []Party { return p[1:] },
		"nobody":            func(_ *Terms, p []Party) []Party { return nil },
		"no rounds":         func(t *Terms, p []Party) []Party { t.Rounds = 0; return p },
		"many rounds":       func(t *Terms, p []Party) []Party { t.Rounds = 9; return p },
		"no kind":           func(t *Terms, p []Party) []Party { t.Kind = ""; return p },
		"two lines":         func(t *Terms, p []Party) []Party { t.Purpose = "a\nb"; return p },
		"no object":         func(t *Terms, p []Party) []Party { t.Parameters = 7; return p },
	} {
		if err := make(change); err == nil || !strings.HasPrefix(err.Error(), "ceremony: ") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A request that anyone else signed, or that was changed, is refused.
func TestRequestForged(t *testing.T) {
	s := begin(t, "test")
	e := must(dare.Parse(s.Bytes()))(t)
	forged := must(dare.Sign(e.Body, dare.ContentMeta{}, s.people[1].signature))(t)
	if _, err := Parse(forged.Bytes(), reader(s.people)); !is[*ForgeryError](err) {
		t.Errorf("signed by another: %v", err)
	}
	e.Body = bytes.Replace(e.Body, []byte(`"rounds":2`), []byte(`"rounds":1`), 1)
	if _, err := Parse(e.Bytes(), reader(s.people)); !is[*ForgeryError](err) {
		t.Errorf("changed: %v", err)
	}
	if _, err := Parse(s.Bytes(), reader(s.people[1:])); err == nil {
		t.Error("a profile that cannot be read")
	}
	if _, err := Parse(s.write(t, 0, 1, "x", nil), reader(s.people)); err == nil {
		t.Error("a message is read as a request")
	}
}

func TestMessages(t *testing.T) {
	s := begin(t, "test")
	in := s.NewInbox(s.selves[1])
	if err := in.Complete(1); !is[*MissingError](err) {
		t.Errorf("an empty inbox: %v", err)
	}
	for i := range s.people {
		message := s.write(t, i, 1, fmt.Sprint("hello from ", i), map[string][]byte{"bob": []byte("for bob"), "Ça va": []byte("for ça")})
		for range 2 { // a copy changes nothing
			if err := in.Add(message); err != nil {
				t.Fatal(err)
			}
		}
	}
	var got say
	if err := in.Body(1, "Ça va", &got); err != nil || got.Say != "hello from 2" {
		t.Errorf("%v, %v", got, err)
	}
	for _, from := range s.Names() {
		text, err := in.Secret(1, from)
		if err != nil || string(text.Reveal()) != "for bob" {
			t.Errorf("the secret of %s: %q, %v", from, text.Reveal(), err)
		}
	}
	if err := in.Complete(1); err != nil || in.Missing(1) != nil {
		t.Errorf("all are there: %v", err)
	}

	alices := s.NewInbox(s.selves[0])
	if err := alices.Add(s.write(t, 1, 2, "nothing", nil)); err != nil {
		t.Fatal(err)
	}
	if _, err := alices.Secret(2, "bob"); !is[*SecretError](err) {
		t.Errorf("no secret: %v", err)
	}
	for what, err := range map[string]error{
		"a body":   alices.Body(1, "bob", &got),
		"a secret": func() error { _, err := alices.Secret(1, "bob"); return err }(),
	} {
		if m, ok := errors.AsType[*MissingError](err); !ok || m.Round != 1 || !slices.Equal(m.Names, []string{"bob"}) {
			t.Errorf("%s that is not there: %v", what, err)
		}
	}
	if !slices.Equal(alices.Missing(2), []string{"alice@example.com", "Ça va"}) {
		t.Errorf("missing %v", alices.Missing(2))
	}
	var other struct {
		Other int `json:"other"`
	}
	if err := alices.Body(2, "bob", &other); err == nil {
		t.Error("a body of another form")
	}
	if _, err := s.NewInbox(nil).Secret(1, "bob"); err == nil {
		t.Error("a secret without a key")
	}
	if _, err := s.Write(s.selves[0], Draft{Round: 1, Body: say{}, Secrets: map[string][]byte{"mallory": nil}}); err == nil {
		t.Error("a secret for a stranger")
	}
	if _, err := s.Write(s.selves[0], Draft{Round: 3, Body: say{}}); err == nil {
		t.Error("a round too many")
	}
}

// What a saboteur can put into a folder.
func TestSaboteur(t *testing.T) {
	s, other := begin(t, "test"), begin(t, "test")
	good := s.write(t, 0, 1, "good", map[string][]byte{"bob": []byte("x")})
	body := must(dare.Parse(good))(t).Body
	resigned := func(by int, change func([]byte) []byte) []byte {
		e := must(dare.Sign(change(bytes.Clone(body)), dare.ContentMeta{}, s.people[by].signature))(t)
		return e.Bytes()
	}
	replace := func(old, new string) func([]byte) []byte {
		return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(new), 1) }
	}
	same := func(b []byte) []byte { return b }
	cases := []struct {
		what string
		file []byte
		want func(error) bool
	}{
		{"another ceremony", other.write(t, 0, 1, "good", nil), is[*ForeignError]},
		{"another kind", must(otherKind(s).Write(s.selves[0], Draft{Round: 1, Body: say{}}))(t), is[*ForeignError]},
		{"no such round", resigned(0, replace(`"round":1`, `"round":3`)), is[*ForeignError]},
		{"round 0", resigned(0, replace(`"round":1`, `"round":0`)), is[*ForeignError]},
		{"a stranger", resigned(0, replace(`"from":"alice@example.com"`, `"from":"mallory"`)), is[*ForeignError]},
		{"another's name", resigned(1, same), is[*ForgeryError]},
		{"changed", bytes.Replace(good, []byte(`},"`), []byte(`},"AAAA`), 1), is[error]},
		{"a later version", resigned(0, replace(`"version":1`, `"version":2`)), is[error]},
		{"a member more", resigned(0, replace(`"round":1`, `"round":1,"x":1`)), is[error]},
		{"a member twice", resigned(0, replace(`"round":1`, `"round":2,"round":1`)), is[error]},
		{"a blank", resigned(0, replace(`"round":1`, `"round": 1`)), is[error]},
		{"other letters", resigned(0, replace(`"round":1`, `"Round":1`)), is[error]},
		{"not an envelope", body, is[error]},
		{"a request", s.Bytes(), is[error]},
		{"nothing", nil, is[error]},
		{"too long", make([]byte, MaxFile+1), is[error]},
	}
	for _, c := range cases {
		in := s.NewInbox(s.selves[1])
		if err := in.Add(c.file); err == nil || !c.want(err) {
			t.Errorf("%s: %T %v", c.what, err, err)
		}
		if len(in.got) > 0 {
			t.Errorf("%s is kept", c.what)
		}
	}
	in := s.NewInbox(s.selves[1])
	if err := in.Add(good); err != nil {
		t.Fatal(err)
	}
	err := in.Add(s.write(t, 0, 1, "evil", nil))
	if c, ok := errors.AsType[*ConflictError](err); !ok || c.Name != "alice@example.com" || c.Round != 1 {
		t.Errorf("two things in one round: %v", err)
	}
}

func otherKind(s *scene) *Ceremony {
	c := *s.Ceremony
	c.request.Request = "other"
	return &c
}

// A sealed secret counts nowhere but where it was sealed for.
func TestSecretsStay(t *testing.T) {
	s := begin(t, "test")
	first := must(s.seal(s.selves[0], enclosed{Round: 1, To: "bob", Body: []byte("x")}, s.people[1].Encryption))(t)
	carols := must(s.seal(s.selves[0], enclosed{Round: 1, To: "Ça va", Body: []byte("x")}, s.people[1].Encryption))(t)
	state := must(s.Keep(s.selves[0], 1, []byte("x")))(t)
	toBob := must(s.seal(s.selves[0], enclosed{Round: 1, To: "bob", State: true, Body: []byte("x")}, s.people[1].Encryption))(t)
	put := func(who, round int, envelope []byte) error {
		text := must(Encode(message{s.Kind(), version, s.ID(), round, s.selves[who].Name, []byte("{}"), []sealed{{"bob", envelope}}}))(t)
		in := s.NewInbox(s.selves[1])
		if err := in.Add(must(sign(text, messageType, s.people[who].signature))(t)); err != nil {
			t.Fatal(err)
		}
		_, err := in.Secret(round, s.selves[who].Name)
		return err
	}
	if err := put(0, 1, first); err != nil {
		t.Errorf("where it belongs: %v", err)
	}
	for what, err := range map[string]error{
		"another round":    put(0, 2, first),
		"another sender":   put(2, 1, first),
		"another's secret": put(0, 1, carols),
		"a state":          put(0, 1, state),
		"a state to bob":   put(0, 1, toBob),
		"nonsense":         put(0, 1, []byte("[{},\"\"]")),
	} {
		if f, ok := errors.AsType[*SecretError](err); !ok || f.Name == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestState(t *testing.T) {
	s, other := begin(t, "test"), begin(t, "test")
	file := must(s.Keep(s.selves[1], 1, []byte("state")))(t)
	round, state, err := s.Resume(s.selves[1], file)
	if err != nil || round != 1 || string(state.Reveal()) != "state" {
		t.Errorf("%d %q %v", round, state.Reveal(), err)
	}
	if bytes.Contains(file, []byte("c3RhdG")) {
		t.Error("the state can be read")
	}
	if _, _, err := s.Resume(s.selves[0], file); err == nil {
		t.Error("another opens it")
	}
	again := must(other.Join(other.people[1].signature, other.people[1].encryption))(t)
	if _, _, err := other.Resume(again, file); err == nil {
		t.Error("it opens in another ceremony")
	}
	secret := must(s.seal(s.selves[1], enclosed{Round: 1, To: "bob", Body: []byte("x")}, s.people[1].Encryption))(t)
	if _, _, err := s.Resume(s.selves[1], secret); err == nil {
		t.Error("a secret is a state")
	}
	if _, err := s.Keep(s.selves[1], 3, nil); err == nil {
		t.Error("a round too many")
	}
}

// Who listens sends nothing, and is not waited for.
func TestListeners(t *testing.T) {
	all := people("alice", "bob", "carol")
	quiet := terms("test")
	for _, wrong := range [][]string{{"mallory"}, {"bob", "alice"}, {"bob", "bob"}} {
		quiet.Listeners = wrong
		if _, err := New(quiet, parties(all), all[0].signature, all[0].encryption); err == nil {
			t.Errorf("the listeners are %v", wrong)
		}
	}
	quiet.Listeners = []string{"bob"}
	made := must(New(quiet, parties(all), all[1].signature, all[1].encryption))(t)
	c := must(Parse(made.Bytes(), reader(all)))(t)
	bob := must(c.Join(all[1].signature, all[1].encryption))(t)
	if _, err := c.Write(bob, Draft{Round: 1, Body: say{}}); !is[*ForeignError](err) {
		t.Errorf("a listener speaks: %v", err)
	}
	in := c.NewInbox(bob)
	for _, i := range []int{0, 2} {
		self := must(c.Join(all[i].signature, all[i].encryption))(t)
		if err := in.Add(must(c.Write(self, Draft{Round: 1, Body: say{}, Secrets: map[string][]byte{"bob": {7}}}))(t)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := in.Digest(1); err != nil || !slices.Equal(c.Speakers(), []string{"alice", "carol"}) {
		t.Errorf("%v, %v", c.Speakers(), err)
	}
	if text, err := in.Secret(1, "carol"); err != nil || text.Len() != 1 {
		t.Errorf("a listener's secret: %v", err)
	}
}

// Parties have one digest if and only if they have the same messages.
func TestDigest(t *testing.T) {
	s := begin(t, "test")
	var files [][]byte
	for round := 1; round <= 2; round++ {
		for i := range s.people {
			files = append(files, s.write(t, i, round, "x", nil))
		}
	}
	digest := func(who *Self, round int, files ...[]byte) string {
		in := s.NewInbox(who)
		for _, f := range files {
			if err := in.Add(f); err != nil {
				t.Fatal(err)
			}
		}
		return must(in.Digest(round))(t)
	}
	want := digest(s.selves[0], 2, files...)
	if len(want) != 49 {
		t.Errorf("%q", want)
	}
	slices.Reverse(files)
	if got := digest(nil, 2, files...); got != want {
		t.Error("the order of arrival counts")
	}
	if digest(nil, 1, files...) == want {
		t.Error("the second round does not count")
	}
	files[0] = s.write(t, 2, 2, "y", nil)
	if digest(s.selves[1], 2, files...) == want {
		t.Error("a message does not count")
	}
	in := s.NewInbox(nil)
	if _, err := in.Digest(1); !is[*MissingError](err) {
		t.Errorf("of nothing: %v", err)
	}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func FuzzRequest(f *testing.F) {
	s := begin(f, "test")
	f.Add(must(dare.Parse(s.Bytes()))(f).Body)
	f.Fuzz(func(t *testing.T, body []byte) {
		e := must(dare.Sign(body, dare.ContentMeta{}, s.people[0].signature))(t)
		c, err := Parse(e.Bytes(), reader(s.people))
		if err != nil {
			return
		}
		if again := must(Encode(c.request))(t); !bytes.Equal(again, body) {
			t.Errorf("%s is written as %s", body, again)
		}
	})
}

func FuzzMessage(f *testing.F) {
	s := begin(f, "test")
	f.Add(must(dare.Parse(s.write(f, 0, 1, "x", map[string][]byte{"bob": {1}})))(f).Body)
	f.Fuzz(func(t *testing.T, body []byte) {
		e := must(dare.Sign(body, dare.ContentMeta{}, s.people[0].signature))(t)
		in := s.NewInbox(s.selves[1])
		if in.Add(e.Bytes()) != nil {
			return
		}
		for _, m := range in.got {
			if again := must(Encode(m.message))(t); !bytes.Equal(again, body) {
				t.Errorf("%s is written as %s", body, again)
			}
			_, _ = in.Secret(m.Round, m.From)
		}
	})
}

func FuzzFile(f *testing.F) {
	s := begin(f, "test")
	f.Add(s.Bytes())
	f.Add(s.write(f, 0, 1, "x", nil))
	f.Add(must(s.Keep(s.selves[1], 1, []byte("x")))(f))
	f.Fuzz(func(t *testing.T, file []byte) {
		_, _ = Parse(file, reader(s.people))
		_ = s.NewInbox(s.selves[1]).Add(file)
		_, _, _ = s.Resume(s.selves[1], file)
	})
}
