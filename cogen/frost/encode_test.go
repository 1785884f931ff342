package frost

import (
	"bytes"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/curve"
	"meshkey/vectors"
)

// A parser of the package, and something that it reads.
type format struct {
	name  string
	parse func([]byte) ([]byte, error)
	good  []byte
}

func formats(t testing.TB, s Suite) []format {
	t.Helper()
	// A published group, so that a fuzzer finds the same one in every run.
	var g *Group
	var signers []*Signer
	for c := range vectors.Each[vectors.FROST]("rfc9591") {
		if g != nil || c.Data.Suite != s.String() {
			continue
		}
		var polynomial []*curve.Scalar
		g, polynomial = publishedGroup(t, c.Data)
		for i := range uint64(2) {
			share := valueAt(g.suite, polynomial, g.curve.NewScalar().SetUint64(i+1))
			signer, err := g.NewSignerScalar(cogen.NewIndex(i+1), share.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			signers = append(signers, signer)
		}
	}
	x := committed(t, "message", signers...)
	stored := x.nonces[0].Bytes()
	share, err := signers[0].Sign(x.nonces[0], x.message, x.p)
	if err != nil {
		t.Fatal(err)
	}
	return []format{
		{"nonces", func(b []byte) ([]byte, error) {
			n, err := signers[0].ParseNonces(b)
			if err != nil {
				return nil, err
			}
			return n.Bytes(), nil
		}, stored},
		{"commitment", func(b []byte) ([]byte, error) {
			c, err := g.ParseCommitment(b)
			if err != nil {
				return nil, err
			}
			return c.Bytes(), nil
		}, x.commitments[0].Bytes()},
		{"package", func(b []byte) ([]byte, error) {
			p, err := g.ParsePackage(b)
			if err != nil {
				return nil, err
			}
			return p.Bytes(), nil
		}, x.p.Bytes()},
		{"signature share", func(b []byte) ([]byte, error) {
			s, err := g.ParseSignatureShare(b)
			if err != nil {
				return nil, err
			}
			return s.Bytes(), nil
		}, share.Bytes()},
	}
}

func TestParse(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		list := formats(t, s)
		for _, v := range list {
			again, err := v.parse(v.good)
			if err != nil || !bytes.Equal(again, v.good) {
				t.Errorf("%s: %x, %v", v.name, again, err)
			}
			for i := range v.good {
				if _, err := v.parse(v.good[:i]); err == nil && v.name != "package" {
					t.Errorf("%s: the first %d octets are taken", v.name, i)
				}
			}
			if _, err := v.parse(append(bytes.Clone(v.good), 0)); err == nil && v.name != "package" {
				t.Errorf("%s: an octet more is taken", v.name)
			}
			for i := range 3 + idLen {
				changed := bytes.Clone(v.good)
				changed[i]++
				if _, err := v.parse(changed); err == nil {
					t.Errorf("%s: taken with octet %d changed", v.name, i)
				}
			}
			for _, other := range list {
				if _, err := v.parse(other.good); err == nil && other.name != v.name {
					t.Errorf("%s: %s are taken", v.name, other.name)
				}
			}
		}
	})
}

// Scalars at or above the group order, and indexes of 0, are not read.
func TestParseScalars(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		list := formats(t, s)
		n := s.curve.PointLen()
		order := s.curve.NewScalar().SetUint64(1)
		order.Neg(order)
		l := s.encodeScalar(order)
		l[0]++ // L is odd, so L - 1 carries nothing
		tail := make([]byte, n)
		tail[n-1] = 1
		head := 3 + idLen
		for _, v := range list {
			places := map[string][]int{
				"nonces":          {head, head + n, head + 2*n},
				"commitment":      {head},
				"package":         {head + 2, head + 2 + 3*n},
				"signature share": {head, head + n + idLen},
			}[v.name]
			for _, at := range places {
				for name, scalar := range map[string][]byte{"L": l, "the largest": bytes.Repeat([]byte{0xff}, n), "a last octet": tail, "0": make([]byte, n)} {
					if name == "a last octet" && s != Ed448() || name == "0" && v.name == "signature share" && at > head {
						continue
					}
					changed := bytes.Clone(v.good)
					copy(changed[at:], scalar)
					if _, err := v.parse(changed); err == nil {
						t.Errorf("%s: %s is taken at %d", v.name, name, at)
					}
				}
			}
		}
	})
}

// Parties that share nothing but the group's points and octets.
func TestByOctets(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		dealt, signers := deal(t, s, 2, 3)
		group := func() *Group {
			g, err := s.NewGroup(dealt.Points())
			if err != nil {
				t.Fatal(err)
			}
			return g
		}
		message := []byte("message")
		var parties []*Signer
		var nonces, commitments, shares [][]byte
		for _, signer := range signers[1:] {
			party, err := group().NewSignerScalar(signer.Index(), signer.Scalar())
			if err != nil {
				t.Fatal(err)
			}
			n, c, err := party.Commit()
			if err != nil {
				t.Fatal(err)
			}
			parties, nonces, commitments = append(parties, party), append(nonces, n.Bytes()), append(commitments, c.Bytes())
		}
		coordinator := group()
		var list []*Commitment
		for i, b := range commitments {
			c, err := coordinator.ParseCommitment(b)
			if err != nil || c.Index() != parties[i].Index() {
				t.Fatal(err)
			}
			list = append(list, c)
		}
		p, err := coordinator.NewPackage(message, list...)
		if err != nil {
			t.Fatal(err)
		}
		for i, party := range parties {
			n, err := party.ParseNonces(nonces[i])
			if err != nil {
				t.Fatal(err)
			}
			told, err := party.Group().ParsePackage(p.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			share, err := party.Sign(n, told.Message(), told)
			if err != nil {
				t.Fatal(err)
			}
			shares = append(shares, share.Bytes())
		}
		var last []*SignatureShare
		for i, b := range shares {
			share, err := coordinator.ParseSignatureShare(b)
			if err != nil || share.Index() != parties[i].Index() {
				t.Fatal(err)
			}
			last = append(last, share)
		}
		signature, err := coordinator.Aggregate(p, last...)
		if err != nil || !verifies(t, dealt, message, signature) {
			t.Errorf("%x: %v", signature, err)
		}
	})
}

// A package lists its signers once, in order, and has as many as it says.
func TestParsePackage(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		g, signers := deal(t, s, 2, 3)
		x := committed(t, "message", signers...)
		b, n := x.p.Bytes(), 3*s.curve.PointLen()
		at := 3 + idLen + 2
		swapped := bytes.Clone(b)
		copy(swapped[at:], b[at+n:at+2*n])
		copy(swapped[at+n:], b[at:at+n])
		if _, err := g.ParsePackage(swapped); err == nil {
			t.Error("signers out of order are taken")
		}
		twice := bytes.Clone(b)
		copy(twice[at+n:], b[at:at+n])
		_, err := g.ParsePackage(twice)
		wantHolders(t, err, 1)
		unknown := bytes.Clone(b)
		unknown[at+2*n] = 4
		_, err = g.ParsePackage(unknown)
		wantHolders(t, err, 4)
		for _, count := range []byte{0, 1, 255} {
			changed := bytes.Clone(b)
			changed[at-1] = count
			if _, err := g.ParsePackage(changed); err == nil {
				t.Errorf("a package of %d is taken", count)
			}
		}
		long, err := g.NewPackage(make([]byte, MaxMessage), x.commitments...)
		if err != nil {
			t.Fatal(err)
		}
		b = long.Bytes()
		if _, err := g.ParsePackage(b); err != nil {
			t.Error(err)
		}
		if _, err := g.ParsePackage(append(b, 0)); err == nil {
			t.Error("too long a message is taken")
		}
		if _, err := g.NewPackage(make([]byte, MaxMessage+1), x.commitments...); err == nil {
			t.Error("too long a message is packed")
		}
	})
}

func TestPackageDoesNotChange(t *testing.T) {
	_, signers := deal(t, Ed25519(), 2, 2)
	message := []byte("message")
	x := committed(t, "", signers...)
	p, err := x.NewPackage(message, x.commitments...)
	if err != nil {
		t.Fatal(err)
	}
	message[0], p.Message()[1] = 'x', 'x'
	if string(p.Message()) != "message" {
		t.Errorf("%q", p.Message())
	}
	list := p.Signers()
	list[0] = list[1]
	if p.Signers()[0] == list[1] {
		t.Error("the signers changed")
	}
}

// What parses is written the same, and whatever comes there is no panic.
func FuzzParse(f *testing.F) {
	var all []format
	for _, s := range suites {
		list := formats(f, s)
		all = append(all, list...)
	}
	for i, v := range all {
		f.Add(byte(i), v.good)
		f.Add(byte(i), v.good[:len(v.good)-1])
		f.Add(byte(i), append(bytes.Clone(v.good), 0))
	}
	f.Fuzz(func(t *testing.T, which byte, b []byte) {
		v := all[int(which)%len(all)]
		if again, err := v.parse(b); err == nil && !bytes.Equal(again, b) {
			t.Errorf("%s: %x comes back as %x", v.name, b, again)
		}
	})
}
