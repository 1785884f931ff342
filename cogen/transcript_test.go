package cogen_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"meshkey/cogen"
)

// parties are the names of a ceremony and what each of them brings.
type parties struct {
	names []string
	keys  []*cogen.PrivateKey
	own   []*cogen.Contribution
}

func newParties(t testing.TB, a cogen.Algorithm, n int) parties {
	t.Helper()
	var p parties
	for i := range n {
		name := fmt.Sprint("party ", i+1)
		k := a.GenerateKey()
		p.names, p.keys, p.own = append(p.names, name), append(p.keys, k), append(p.own, contribute(t, k, ceremony, name))
	}
	return p
}

func begin(t testing.TB, a cogen.Algorithm, names []string) *cogen.Transcript {
	t.Helper()
	transcript, err := cogen.NewTranscript(a, ceremony, names...)
	if err != nil {
		t.Fatal(err)
	}
	return transcript
}

func commit(t testing.TB, transcript *cogen.Transcript, contributions ...*cogen.Contribution) {
	t.Helper()
	for _, c := range contributions {
		if err := transcript.Commit(c.Name(), c.Commit()); err != nil {
			t.Fatal(err)
		}
	}
}

func reveal(t testing.TB, transcript *cogen.Transcript, contributions ...*cogen.Contribution) {
	t.Helper()
	for _, c := range contributions {
		if err := transcript.Reveal(c); err != nil {
			t.Fatal(err)
		}
	}
}

// reread is the transcript written and read.
func reread(t testing.TB, transcript *cogen.Transcript) *cogen.Transcript {
	t.Helper()
	read, err := cogen.ParseTranscript(transcript.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read.Bytes(), transcript.Bytes()) || read.Digest() != transcript.Digest() ||
		!slices.Equal(read.Names(), transcript.Names()) || !bytes.Equal(read.Context(), transcript.Context()) ||
		read.Algorithm() != transcript.Algorithm() {
		t.Error("a transcript is read as another")
	}
	return read
}

// Every order of messages gives the same key and the same transcript, whether
// it is kept in memory or written down after every message, and each party
// finds itself in it.
func TestCeremony(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		for n := 1; n <= 7; n += 2 {
			p := newParties(t, a, n)
			kept, written := begin(t, a, p.names), begin(t, a, p.names)
			for i := range n {
				committing, missing := written.Missing()
				if !committing || !slices.Equal(missing, p.names[i:]) {
					t.Errorf("missing: %v %v", committing, missing)
				}
				commit(t, written, p.own[i])
				written = reread(t, written)
				commit(t, kept, p.own[n-1-i])
			}
			if kept.Digest() != written.Digest() {
				t.Error("the same commitments, and another digest")
			}
			for i := range n {
				if _, err := written.Key(); err == nil {
					t.Error("a key before the end")
				}
				committing, missing := written.Missing()
				if committing || !slices.Equal(missing, p.names[i:]) {
					t.Errorf("missing: %v %v", committing, missing)
				}
				blamed(t, written.Verify(p.own[i]), p.names[i])
				reveal(t, written, p.own[i])
				written = reread(t, written)
				reveal(t, kept, p.own[n-1-i])
			}
			whole, err := cogen.CombinePrivate(p.keys...)
			if err != nil {
				t.Fatal(err)
			}
			for _, transcript := range []*cogen.Transcript{kept, written} {
				if key, err := transcript.Key(); err != nil || !key.Equal(whole.PublicKey()) {
					t.Errorf("the key differs: %v", err)
				}
				for _, own := range p.own {
					if err := transcript.Verify(own); err != nil {
						t.Error(err)
					}
				}
				// The same party with another key, and a party that was not there.
				for i, name := range []string{p.names[0], "a stranger"} {
					k := []*cogen.PrivateKey{a.GenerateKey(), p.keys[0]}[i]
					blamed(t, transcript.Verify(contribute(t, k, ceremony, name)), name)
				}
			}
			if kept.Digest() != written.Digest() {
				t.Error("the digest depends on the order")
			}
		}
	})
}

func TestTranscriptLiars(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		p := newParties(t, a, 3)
		alice, bob, mallory := p.own[0], p.own[1], p.names[2]
		// Whoever reveals early gives the others a choice.
		early := begin(t, a, p.names)
		commit(t, early, alice, bob)
		if err := early.Reveal(alice); !errors.Is(err, cogen.ErrEarly) {
			t.Errorf("revealed before all have committed: %v", err)
		}
		if early.Commit(mallory, p.own[2].Commit()) != nil || early.Reveal(alice) != nil {
			t.Error("an early reveal has spoilt the transcript")
		}

		// Commitments.
		c := begin(t, a, p.names)
		commit(t, c, alice)
		blamed(t, c.Commit("party 1", alice.Commit()), "party 1")
		blamed(t, c.Commit("party 1", bob.Commit()), "party 1")
		blamed(t, c.Commit(mallory, alice.Commit()), mallory)
		blamed(t, c.Commit("a stranger", bob.Commit()), "a stranger")

		// Reveals: Mallory has committed to one thing, and brings another.
		lie := func(what string, committed, revealed *cogen.Contribution) {
			t.Helper()
			transcript := begin(t, a, p.names)
			commit(t, transcript, alice, bob)
			if err := transcript.Commit(mallory, committed.Commit()); err != nil {
				t.Fatal(err)
			}
			reveal(t, transcript, alice, bob)
			before := transcript.Digest()
			err := transcript.Reveal(revealed)
			if err == nil {
				t.Errorf("%s: taken", what)
			}
			blamed(t, err, revealed.Name())
			if transcript.Digest() != before {
				t.Errorf("%s: it is in the transcript", what)
			}
			if _, err := transcript.Key(); err == nil {
				t.Errorf("%s: there is a key", what)
			}
		}
		own := p.own[2]
		lie("another key", own, contribute(t, a.GenerateKey(), ceremony, mallory))
		lie("another proof of the same key", own, contribute(t, p.keys[2], ceremony, mallory))
		lie("under Alice's name", own, alice)
		lie("under no party's name", own, contribute(t, p.keys[2], ceremony, "mallory"))
		lie("for another ceremony", contribute(t, p.keys[2], []byte("another"), mallory), contribute(t, p.keys[2], []byte("another"), mallory))
		for what, bad := range map[string]*cogen.Contribution{
			"replayed":  contribute(t, p.keys[2], []byte("another ceremony"), mallory),
			"no proof":  forged(t, a, mallory, p.keys[2].PublicKey().Bytes(), make([]byte, proofLen(t, a))),
			"same key":  contribute(t, p.keys[0], ceremony, mallory),
			"algorithm": contribute(t, algorithms[(slices.Index(algorithms, a)+1)%4].GenerateKey(), ceremony, mallory),
		} {
			lie(what, bad, bad)
		}

		// A contribution comes twice.
		twice := begin(t, a, p.names)
		commit(t, twice, p.own...)
		reveal(t, twice, alice)
		err := twice.Reveal(alice)
		blamed(t, err, "party 1")
		if !strings.Contains(err.Error(), "comes twice") {
			t.Error(err)
		}
	})
}

// A rogue key cannot be committed to: it is a function of what is revealed
// later. Here Mallory commits to something, sees Alice's key, and would like
// another one.
func TestLastCannotChoose(t *testing.T) {
	a := cogen.X448()
	p := newParties(t, a, 2)
	transcript := begin(t, a, p.names)
	commit(t, transcript, p.own...)
	reveal(t, transcript, p.own[0])
	for range 20 { // each with another key, to choose among sums
		if transcript.Reveal(contribute(t, a.GenerateKey(), ceremony, p.names[1])) == nil {
			t.Fatal("Mallory chooses")
		}
	}
	reveal(t, transcript, p.own[1])
}

func TestNewTranscriptRefuses(t *testing.T) {
	for what, names := range map[string][]string{
		"nobody": nil, "twice": {"a", "b", "a"}, "no name": {"a", ""}, "no UTF-8": {"\xff"},
		"long": {strings.Repeat("a", 256)}, "many": make([]string, cogen.MaxContributions+1),
	} {
		if _, err := cogen.NewTranscript(cogen.X448(), nil, names...); err == nil {
			t.Errorf("%s: taken", what)
		}
	}
	if _, err := cogen.NewTranscript(cogen.X448(), make([]byte, 1025), "a"); err == nil {
		t.Error("a long context is taken")
	}
}

func TestTranscriptBindsEverything(t *testing.T) {
	a := cogen.Ed25519()
	digests := map[[cogen.DigestLen]byte]string{}
	add := func(what string, a cogen.Algorithm, context string, names ...string) {
		transcript, err := cogen.NewTranscript(a, []byte(context), names...)
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := digests[transcript.Digest()]; ok {
			t.Errorf("%s and %s have one digest", what, other)
		}
		digests[transcript.Digest()] = what
	}
	add("itself", a, "c", "a", "b")
	add("another order", a, "c", "b", "a")
	add("another algorithm", cogen.X25519(), "c", "a", "b")
	add("another context", a, "d", "a", "b")
	add("another cut of names", a, "c", "ab")
	add("another cut of the context", a, "ca", "b")
	add("another party", a, "c", "a", "b", "d")
}

func TestParseTranscriptRefuses(t *testing.T) {
	a := cogen.Ed25519()
	p := newParties(t, a, 2)
	transcript := begin(t, a, p.names)
	states := [][]byte{transcript.Bytes()}
	commit(t, transcript, p.own...)
	states = append(states, transcript.Bytes())
	reveal(t, transcript, p.own[0])
	states = append(states, transcript.Bytes())
	for _, good := range states {
		for n := range len(good) {
			if _, err := cogen.ParseTranscript(good[:n]); err == nil {
				t.Errorf("%d of %d octets are taken", n, len(good))
			}
		}
		if _, err := cogen.ParseTranscript(append(bytes.Clone(good), 0)); err == nil {
			t.Error("an octet more is taken")
		}
		for i, other := range map[int]byte{0: 2, 1: 5} {
			bad := bytes.Clone(good)
			bad[i] = other
			if _, err := cogen.ParseTranscript(bad); err == nil {
				t.Errorf("octet %d may be %d", i, other)
			}
		}
	}
	// Whatever is changed in a revealed contribution is seen.
	good := states[2]
	at := bytes.Index(good, p.own[0].Bytes()[3+len(p.names[0]):])
	for i := at - cogen.CommitLen; i < at+32+32+64; i++ {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if _, err := cogen.ParseTranscript(bad); err == nil {
			t.Errorf("octet %d does not count", i)
		}
	}
	// A contribution before every commitment is there.
	bob := bytes.LastIndex(good, []byte(p.names[1])) + len(p.names[1])
	if _, err := cogen.ParseTranscript(append(bytes.Clone(good[:bob]), 0)); !errors.Is(err, cogen.ErrEarly) {
		t.Errorf("an early contribution is taken: %v", err)
	}
}

func FuzzParseTranscript(f *testing.F) {
	for _, a := range algorithms {
		p := newParties(f, a, 2)
		transcript := begin(f, a, p.names)
		f.Add(transcript.Bytes())
		commit(f, transcript, p.own...)
		f.Add(transcript.Bytes())
		reveal(f, transcript, p.own...)
		f.Add(transcript.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		transcript, err := cogen.ParseTranscript(b)
		if err != nil {
			return
		}
		if !bytes.Equal(transcript.Bytes(), b) {
			t.Errorf("%x is written as %x", b, transcript.Bytes())
		}
		_, missing := transcript.Missing()
		if _, err := transcript.Key(); err == nil && len(missing) > 0 {
			t.Error("a key, and someone is missing")
		}
	})
}

// Three parties make a key. Each keeps its contribution to itself until it has
// everyone's commitment.
func ExampleTranscript() {
	names := []string{"alice", "bob", "carol"}
	ceremony := []byte("2f7a…, drawn at random for this ceremony")
	transcript, err := cogen.NewTranscript(cogen.X448(), ceremony, names...)
	if err != nil {
		panic(err)
	}
	var own []*cogen.Contribution
	for _, name := range names { // in truth each on a machine of its own
		c, err := cogen.X448().GenerateKey().Contribute(ceremony, name)
		if err != nil {
			panic(err)
		}
		own = append(own, c)
		if err := transcript.Commit(name, c.Commit()); err != nil {
			panic(err)
		}
	}
	for _, c := range own {
		if err := transcript.Reveal(c); err != nil {
			panic(err)
		}
	}
	key, err := transcript.Key()
	if err != nil {
		panic(err)
	}
	fmt.Println("one key for", key.Algorithm())
	fmt.Println("bob's contribution is in it:", transcript.Verify(own[1]) == nil)
	// Output:
	// one key for X448
	// bob's contribution is in it: true
}
