package frost

import (
	"bytes"
	"errors"
	"slices"
	"sync"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/secret/secrettest"
	"meshkey/shamir"
)

// Signers who lie in round two are named, all of them and nobody else.
func TestWrongShares(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		_, signers := deal(t, s, 3, 5)
		x := signed(t, "message", signers[:4]...)
		good := x.shares
		other := signed(t, "message", signers[:4]...)
		zero := *good[1]
		zero.z = s.curve.NewScalar()
		negative := *good[1]
		negative.z = s.curve.NewScalar().Neg(good[1].z)
		// The share for other nonces, said to be for these.
		replayed := *other.shares[1]
		replayed.digest = x.p.digest
		// The holder's share under another's index.
		swapped := *good[0]
		swapped.index = good[1].index
		// A share computed for another message, said to be for this one.
		lied := *good[1]
		lying := committed(t, "massage", signers[:4]...)
		lied.z = s.curve.NewScalar().Set(mustSign(t, signers[1], lying.nonces[1], lying).z)

		for name, v := range map[string]struct {
			shares []*SignatureShare
			want   []uint64
		}{
			"one more":       {[]*SignatureShare{good[0], good[1].plus(1), good[2], good[3]}, []uint64{2}},
			"zero":           {[]*SignatureShare{good[0], &zero, good[2], good[3]}, []uint64{2}},
			"negative":       {[]*SignatureShare{good[0], &negative, good[2], good[3]}, []uint64{2}},
			"replayed":       {[]*SignatureShare{good[0], &replayed, good[2], good[3]}, []uint64{2}},
			"of another":     {[]*SignatureShare{good[0], &swapped, good[2], good[3]}, []uint64{2}},
			"other message":  {[]*SignatureShare{good[0], &lied, good[2], good[3]}, []uint64{2}},
			"two, not equal": {[]*SignatureShare{good[0].plus(1), good[1].plus(2), good[2], good[3]}, []uint64{1, 2}},
			"all": {
				[]*SignatureShare{good[3].plus(1), good[2].plus(1), good[1].plus(1), good[0].plus(1)},
				[]uint64{1, 2, 3, 4},
			},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := x.Aggregate(x.p, v.shares...)
				wantCheats(t, err, v.want...)
			})
		}
		// Two errors that cancel out make a good signature, and RFC 9591's.
		cancelling := *good[1]
		cancelling.z = s.curve.NewScalar().Sub(good[1].z, s.curve.NewScalar().SetUint64(1))
		if _, err := x.Aggregate(x.p, good[0].plus(1), &cancelling, good[2], good[3]); err != nil {
			t.Errorf("errors that cancel out: %v", err)
		}
	})
}

func mustSign(t *testing.T, s *Signer, n *Nonces, x *session) *SignatureShare {
	t.Helper()
	share, err := s.Sign(n, x.message, x.p)
	if err != nil {
		t.Fatal(err)
	}
	return share
}

// A list of shares that is not one of each signer is refused, and says whose.
func TestArrangeShares(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		_, signers := deal(t, s, 2, 4)
		x := signed(t, "message", signers[:3]...)
		other := signed(t, "message", signers[:3]...)
		outsider := signed(t, "message", signers[1:]...)
		_, strangers := deal(t, s, 2, 4)
		foreign := signed(t, "message", strangers[:3]...)
		for name, v := range map[string]struct {
			shares []*SignatureShare
			want   []uint64
		}{
			"missing":             {x.shares[:1], []uint64{2, 3}},
			"none":                {nil, []uint64{1, 2, 3}},
			"twice":               {slices.Concat(x.shares, x.shares[1:2]), []uint64{2}},
			"of another session":  {[]*SignatureShare{x.shares[0], other.shares[1], other.shares[2]}, []uint64{2, 3}},
			"of a bystander":      {append(slices.Clone(x.shares), outsider.shares[2]), []uint64{4}},
			"of another group":    {[]*SignatureShare{x.shares[0], foreign.shares[1], x.shares[2]}, []uint64{2}},
			"foreign and missing": {[]*SignatureShare{other.shares[1]}, []uint64{2}},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := x.Aggregate(x.p, v.shares...)
				wantHolders(t, err, v.want...)
			})
		}
		if _, err := foreign.Aggregate(x.p, x.shares...); !errors.Is(err, errGroup) {
			t.Errorf("another group aggregates: %v", err)
		}
		x.good(t)
	})
}

// A coordinator who lies gets no signature, and no honest signer is blamed.
func TestLyingCoordinator(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		g, signers := deal(t, s, 2, 4)

		t.Run("another message", func(t *testing.T) {
			x := committed(t, "pay Bob", signers[:3]...)
			if _, err := signers[0].Sign(x.nonces[0], []byte("pay Alice"), x.p); !errors.Is(err, ErrMessage) {
				t.Errorf("%v", err)
			}
			mustSign(t, signers[0], x.nonces[0], x) // the nonces are still good
		})
		t.Run("messages told apart", func(t *testing.T) {
			// One of them is shown, and approves, another message.
			x := committed(t, "pay Bob", signers[:2]...)
			p, err := g.NewPackage([]byte("pay Eve"), x.commitments...)
			if err != nil {
				t.Fatal(err)
			}
			deceived, err := signers[1].Sign(x.nonces[1], []byte("pay Eve"), p)
			if err != nil {
				t.Fatal(err)
			}
			honest := mustSign(t, signers[0], x.nonces[0], x)
			_, err = g.Aggregate(x.p, honest, deceived)
			wantHolders(t, err, 2)
			_, err = g.Aggregate(p, honest, deceived)
			wantHolders(t, err, 1)
		})
		t.Run("lists told apart", func(t *testing.T) {
			// Signer 2 is shown another commitment of signer 1, or one signer
			// fewer.
			y := committed(t, "message", signers[:3]...)
			for _, list := range [][]*Commitment{{y.commitments[0], nil, y.commitments[2]}, {y.commitments[0], nil}} {
				x := committed(t, "message", signers[:3]...)
				list[1] = x.commitments[1]
				p, err := g.NewPackage(x.message, list...)
				if err != nil {
					t.Fatal(err)
				}
				deceived, err := signers[1].Sign(x.nonces[1], x.message, p)
				if err != nil {
					t.Fatal(err)
				}
				_, err = g.Aggregate(x.p, mustSign(t, signers[0], x.nonces[0], x), deceived, mustSign(t, signers[2], x.nonces[2], x))
				wantHolders(t, err, 2)
			}
		})
		t.Run("a commitment replaced", func(t *testing.T) {
			x, y := committed(t, "message", signers[:2]...), committed(t, "message", signers[:2]...)
			p, err := g.NewPackage(x.message, y.commitments[0], x.commitments[1])
			if err != nil {
				t.Fatal(err)
			}
			_, err = signers[0].Sign(x.nonces[0], x.message, p)
			wantHolders(t, err, 1)
		})
		t.Run("a signer left out", func(t *testing.T) {
			x := committed(t, "message", signers[:3]...)
			p, err := g.NewPackage(x.message, x.commitments[1:]...)
			if err != nil {
				t.Fatal(err)
			}
			_, err = signers[0].Sign(x.nonces[0], x.message, p)
			wantHolders(t, err, 1)
		})
		t.Run("another group's package", func(t *testing.T) {
			_, strangers := deal(t, s, 2, 4)
			x, y := committed(t, "message", signers[:2]...), committed(t, "message", strangers[:2]...)
			if _, err := signers[0].Sign(x.nonces[0], x.message, y.p); err == nil {
				t.Error("signed")
			}
			if _, err := g.NewPackage(x.message, x.commitments[0], y.commitments[1]); err == nil {
				t.Error("packed")
			}
			if _, err := signers[0].Sign(y.nonces[0], x.message, x.p); err == nil {
				t.Error("signed with a stranger's nonces")
			}
		})
		t.Run("a commitment for another group", func(t *testing.T) {
			// One who signs in two groups, and a coordinator who takes what he
			// sent to one for the other.
			other, strangers := deal(t, s, 2, 4)
			x, y := committed(t, "message", signers[:2]...), committed(t, "message", strangers[:2]...)
			relabelled, err := other.ParseCommitment(append(other.prefix(kindCommitment), x.commitments[0].encoded...))
			if err != nil {
				t.Fatal(err)
			}
			p, err := other.NewPackage(y.message, relabelled, y.commitments[1])
			if err != nil {
				t.Fatal(err)
			}
			for _, signer := range []*Signer{strangers[0], signers[0]} {
				if _, err := signer.Sign(x.nonces[0], y.message, p); err == nil {
					t.Error("signed")
				}
			}
		})
		t.Run("another's nonces", func(t *testing.T) {
			x := committed(t, "message", signers[:2]...)
			_, err := signers[0].Sign(x.nonces[1], x.message, x.p)
			wantHolders(t, err, 1)
		})
		t.Run("a commitment twice", func(t *testing.T) {
			x, y := committed(t, "message", signers[:2]...), committed(t, "message", signers[:2]...)
			for _, c := range []*Commitment{x.commitments[0], y.commitments[0]} {
				_, err := g.NewPackage(x.message, x.commitments[0], x.commitments[1], c)
				wantHolders(t, err, 1)
			}
		})
	})
}

func TestNoncesSignOnce(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		_, signers := deal(t, s, 2, 2)
		x := committed(t, "message", signers...)
		n := x.nonces[0]
		stored := n.Bytes()
		mustSign(t, signers[0], n, x)
		if _, err := signers[0].Sign(n, x.message, x.p); !errors.Is(err, ErrUsed) {
			t.Errorf("%v", err)
		}
		if n.Bytes() != nil {
			t.Error("nonces that signed can be stored")
		}
		// What no program can prevent: a copy that was kept.
		again, err := signers[0].ParseNonces(stored)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.Bytes(), stored) || !bytes.Equal(again.Commitment().Bytes(), n.Commitment().Bytes()) {
			t.Error("stored nonces come back as others")
		}
		mustSign(t, signers[0], again, x)

		x.nonces[1].Wipe()
		if _, err := signers[1].Sign(x.nonces[1], x.message, x.p); !errors.Is(err, ErrUsed) {
			t.Errorf("%v", err)
		}
		if _, err := signers[1].ParseNonces(stored); err == nil {
			t.Error("another signer takes the nonces")
		}
	})
}

// Of many who use nonces at the same time one signs.
func TestNoncesAtTheSameTime(t *testing.T) {
	_, signers := deal(t, Ed25519(), 1, 1)
	x := committed(t, "message", signers...)
	var wg sync.WaitGroup
	results := make([]error, 16)
	for i := range results {
		wg.Go(func() { _, results[i] = signers[0].Sign(x.nonces[0], x.message, x.p) })
	}
	wg.Wait()
	good := 0
	for _, err := range results {
		if err == nil {
			good++
		} else if !errors.Is(err, ErrUsed) {
			t.Error(err)
		}
	}
	if good != 1 {
		t.Errorf("%d signed", good)
	}
}

// Signers of one program share the group and the package.
func TestAtTheSameTime(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		g, signers := deal(t, s, 3, 5)
		x := committed(t, "message", signers...)
		x.shares = make([]*SignatureShare, len(signers))
		var wg sync.WaitGroup
		for i, signer := range signers {
			wg.Go(func() {
				if _, err := g.ParsePackage(x.p.Bytes()); err != nil {
					t.Error(err)
				}
				var err error
				if x.shares[i], err = signer.Sign(x.nonces[i], x.message, x.p); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for range 4 {
			wg.Go(func() {
				if _, err := g.Aggregate(x.p, x.shares...); err != nil {
					t.Error(err)
				}
				_, err := g.Aggregate(x.p, x.shares[0].plus(1), x.shares[1], x.shares[2], x.shares[3], x.shares[4])
				if _, ok := err.(*CheatError); !ok {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

func TestSecretsAreHidden(t *testing.T) {
	_, signers := deal(t, Ed448(), 2, 2)
	n, _, err := signers[0].Commit()
	if err != nil {
		t.Fatal(err)
	}
	secrettest.CheckHidden(t, signers[0], signers[0].share.Reveal())
	secrettest.CheckHidden(t, *signers[0], signers[0].share.Reveal())
	secrettest.CheckHidden(t, n, n.scalars.Reveal())
	secrettest.CheckHidden(t, []any{n}, n.scalars.Reveal())
}

func TestWipedSigner(t *testing.T) {
	_, signers := deal(t, Ed25519(), 1, 2)
	x := committed(t, "message", signers...)
	signers[0].Wipe()
	if signers[0].Scalar() != nil {
		t.Error("a wiped share is shown")
	}
	if _, _, err := signers[0].Commit(); err == nil {
		t.Error("a wiped share commits")
	}
	if _, err := signers[0].Sign(x.nonces[0], x.message, x.p); err == nil || x.nonces[0].Bytes() == nil {
		t.Errorf("a wiped share: %v", err)
	}
}

func TestSignerIsOfGroup(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		g, signers := deal(t, s, 2, 3)
		scalar := signers[0].Scalar()
		if _, err := g.NewSignerScalar(signers[0].index, scalar); err != nil {
			t.Fatal(err)
		}
		for name, f := range map[string]func() error{
			"another index": func() error { _, err := g.NewSignerScalar(cogen.NewIndex(2), scalar); return err },
			"no holder":     func() error { _, err := g.NewSignerScalar(cogen.NewIndex(4), scalar); return err },
			"index 0":       func() error { _, err := g.NewSignerScalar(cogen.Index{}, scalar); return err },
			"short":         func() error { _, err := g.NewSignerScalar(signers[0].index, scalar[1:]); return err },
			"not reduced": func() error {
				_, err := g.NewSignerScalar(signers[0].index, bytes.Repeat([]byte{0xff}, len(scalar)))
				return err
			},
		} {
			if f() == nil {
				t.Errorf("%s: no error", name)
			}
		}
		open, err := s.NewGroup(g.Points())
		if err != nil || open.id != g.id {
			t.Fatalf("the same points, another group: %v", err)
		}
		if _, err := s.NewGroup(g.Points(), cogen.NewIndex(1), cogen.NewIndex(1)); err == nil {
			t.Error("a holder twice")
		}
		if _, err := s.NewGroup(g.Points(), cogen.Index{}); err == nil {
			t.Error("a holder with index 0")
		}
		if _, err := s.NewGroup(nil); err == nil {
			t.Error("a group without points")
		}
		if above, err := cogen.IndexOf(bytes.Repeat([]byte{0xff}, 56)); err != nil {
			t.Fatal(err)
		} else if _, err := s.NewGroup(g.Points(), above); err == nil {
			t.Error("an index above the group order")
		}
		if _, _, err := s.Deal(shamir.Quorum{Need: 3, Of: 2}); err == nil {
			t.Error("a quorum of more than all")
		}
		// Where holders are not named, anybody may have committed.
		x := committed(t, "message", signers...)
		named, err := s.NewGroup(g.Points(), cogen.NewIndex(1), cogen.NewIndex(2))
		if err != nil {
			t.Fatal(err)
		}
		_, err = named.NewPackage(x.message, x.commitments...)
		wantHolders(t, err, 3)
		if _, err := g.NewPackage(x.message, make([]*Commitment, MaxSigners+1)...); err == nil {
			t.Error("a package of too many")
		}
	})
}

// bad lists encodings that stand for no element, or for one that must not be
// taken.
func bad(t *testing.T, s Suite) map[string][]byte {
	t.Helper()
	c := s.curve
	list := map[string][]byte{
		"identity": c.NewPoint().Bytes(),
		"ones":     bytes.Repeat([]byte{0xff}, c.PointLen()),
	}
	if s == Ristretto255() {
		list["negative"] = append([]byte{1}, make([]byte, 31)...)
		return list
	}
	// Any point with torsion: a random one has it, mostly.
	b := c.NewGenerator().Bytes()
	for ; ; b[0]++ {
		if p, err := c.Decode(b); err == nil && p.IsTorsionFree() == 0 {
			list["mixed order"] = bytes.Clone(b)
			// L·p = -p less (L-1)·p is of small order.
			minusOne := c.NewScalar().SetUint64(1)
			small := c.NewPoint().ScalarMult(minusOne.Neg(minusOne), p)
			list["small order"] = small.Add(small, p).Bytes()
			return list
		}
	}
}

func TestBadElements(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		g, signers := deal(t, s, 2, 2)
		x := signed(t, "message", signers...)
		n := s.curve.PointLen()
		for name, element := range bad(t, s) {
			if _, err := s.NewGroup([][]byte{element, g.Points()[1]}); err == nil {
				t.Errorf("%s: taken for a key", name)
			}
			if _, err := s.NewGroup([][]byte{g.Points()[0], element}); err == nil {
				t.Errorf("%s: taken for a coefficient", name)
			}
			for at := 1; at <= 2; at++ {
				b := x.commitments[1].Bytes()
				copy(b[len(b)-at*n:], element)
				_, err := g.ParseCommitment(b)
				wantHolders(t, err, 2)
				b = x.p.Bytes()
				copy(b[len(b)-len(x.message)-at*n:], element)
				_, err = g.ParsePackage(b)
				wantHolders(t, err, 2)
			}
			// Small R, in a signature.
			signature, err := x.Aggregate(x.p, x.shares...)
			if err != nil {
				t.Fatal(err)
			}
			copy(signature, element)
			if g.Verify(x.message, signature) {
				t.Errorf("%s: taken for R", name)
			}
		}
	})
}

func TestErrorTexts(t *testing.T) {
	one, two := []cogen.Index{cogen.NewIndex(3)}, []cogen.Index{cogen.NewIndex(3), cogen.NewIndex(5)}
	for want, err := range map[string]error{
		"frost: holder 3: a wrong signature share":     &CheatError{one},
		"frost: holders 3, 5: a wrong signature share": &CheatError{two},
		"frost: holder 3: no signature share":          &HolderError{one, "no signature share"},
	} {
		if err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
	}
	if s := (Suite{}).String(); s != "no suite" {
		t.Error(s)
	}
}
