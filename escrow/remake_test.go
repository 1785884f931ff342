package escrow

import (
	"errors"
	"strings"
	"testing"

	"meshkey/internal/secret/secrettest"
	"meshkey/profile"
	"meshkey/record"
	"meshkey/shamir"
)

// A share that is made again is the share that was lost, under the same
// certificate, from any of the others.
func TestReplace(t *testing.T) {
	for _, q := range []shamir.Quorum{{Need: 1, Of: 2}, {Need: 2, Of: 3}, {Need: 3, Of: 5}, {Need: 15, Of: 15}} {
		k := mustNew(t, profile.NewSeed(), q, Options{Address: "alice@example.com"})
		for chosen := range quorums(k.Shares, q.Need) {
			for x := 1; x <= q.Of; x++ {
				made, err := Replace(chosen, k.Certificate, x)
				if err != nil {
					t.Fatalf("%v, sheet %d: %v", q, x, err)
				}
				if len(made.Shares) != 1 || !made.Shares[0].Equal(k.Shares[x-1]) || made.CertificateText != k.CertificateText ||
					made.Quorum != q || made.Address != k.Address || !made.Fingerprint.Matches(k.Fingerprint) || !made.Date.Equal(k.Date) {
					t.Errorf("%v: sheet %d is not what it was", q, x)
				}
				made.Wipe()
			}
		}
		if k.Shares[0].SecretLen() == 0 {
			t.Error("the shares given were wiped")
		}
	}
}

func TestExtend(t *testing.T) {
	k := mustNew(t, profile.NewSeed(), shamir.Quorum{Need: 2, Of: 3}, Options{})
	want, err := shamir.Combine(k.Shares)
	if err != nil {
		t.Fatal(err)
	}
	var added []shamir.Share
	for x := 4; x <= maxShares; x++ {
		made, err := Extend(k.Shares[1:], k.Certificate, x)
		if err != nil {
			t.Fatal(err)
		}
		if s := made.Shares[0]; s.Index() != x || made.Quorum.Of != 3 || !k.Certificate.Knows(s) {
			t.Errorf("%v: %+v", s, made)
		}
		secrettest.CheckHidden(t, made, made.Shares[0].Bytes()[1:])
		added = append(added, made.Shares...)
	}
	if got, err := shamir.Combine(added); err != nil || string(got) != string(want) {
		t.Error("sheets added do not give the seed:", err)
	}
	for _, x := range []int{-1, 0, 1, 3, 16, 1 << 20} {
		if _, err := Extend(k.Shares, k.Certificate, x); err == nil {
			t.Errorf("sheet %d is added", x)
		}
	}
	full := mustNew(t, profile.NewSeed(), shamir.Quorum{Need: 2, Of: 15}, Options{})
	if _, err := Extend(full.Shares, full.Certificate, 16); err == nil || !strings.Contains(err.Error(), "no more") {
		t.Error(err)
	}
}

// Nothing is made from a forged share, too few, or against another certificate.
func TestRemakeRefuses(t *testing.T) {
	q := shamir.Quorum{Need: 2, Of: 3}
	k := mustNew(t, profile.NewSeed(), q, Options{})
	other := mustNew(t, profile.NewSeed(), q, Options{})
	octets := k.Shares[1].Bytes()
	octets[20] ^= 1
	forged, err := shamir.ParseShare(octets)
	if err != nil {
		t.Fatal(err)
	}
	misfit := func(shares []shamir.Share, c *record.Certificate, index int) {
		t.Helper()
		made, err := Replace(shares, c, 1)
		if e, ok := errors.AsType[*record.MisfitError](err); !ok || e.Index != index || made != nil {
			t.Errorf("%v: %v", shares, err)
		}
	}
	misfit([]shamir.Share{forged, k.Shares[2]}, k.Certificate, 2)
	misfit([]shamir.Share{k.Shares[0], k.Shares[2], forged}, k.Certificate, 2)
	misfit([]shamir.Share{k.Shares[2], other.Shares[1]}, k.Certificate, 2)
	misfit(k.Shares[1:], other.Certificate, 2)

	_, err = Replace(k.Shares[:1], k.Certificate, 2)
	if e, ok := errors.AsType[*shamir.TooFewError](err); !ok || e.Have != 1 || e.Need != 2 {
		t.Error(err)
	}
	if _, err := Replace(nil, k.Certificate, 2); err == nil {
		t.Error("a share is made of nothing")
	}
	// A worn sheet is made again from itself.
	if made, err := Replace(k.Shares[:1], k.Certificate, 1); err != nil || !made.Shares[0].Equal(k.Shares[0]) {
		t.Error(err)
	}

	sealed := mustNew(t, profile.NewSeed(), q, Options{Sealed: true})
	if _, err := Replace(sealed.Shares[1:], sealed.Certificate, 1); err != nil {
		t.Error("a lost sheet of a sealed set:", err)
	}
	for _, make := range []func([]shamir.Share, *record.Certificate, int) (*Kit, error){Replace, Extend} {
		_, err := make(sealed.Shares, sealed.Certificate, 4)
		if e, ok := errors.AsType[*SealedError](err); !ok || e.Index != 4 || e.Of != 3 {
			t.Error(err)
		}
	}
}

func TestReplaceUnverified(t *testing.T) {
	k := mustNew(t, profile.NewSeed(), shamir.Quorum{Need: 2, Of: 4}, Options{})
	made, err := ReplaceUnverified(k.Shares[:2], 4, 3, k.Fingerprint)
	if err != nil || !made.Shares[0].Equal(k.Shares[2]) || made.CertificateText != "" || made.Quorum != k.Quorum {
		t.Fatal(err)
	}
	octets := k.Shares[1].Bytes()
	octets[20] ^= 1
	forged, err := shamir.ParseShare(octets)
	if err != nil {
		t.Fatal(err)
	}
	// With one share to spare a lie shows, with two its place.
	_, err = ReplaceUnverified([]shamir.Share{k.Shares[0], forged, k.Shares[2], k.Shares[3]}, 4, 1, k.Fingerprint)
	if e, ok := errors.AsType[*shamir.ConflictError](err); !ok || len(e.Suspects) != 1 || e.Suspects[0] != 2 {
		t.Error(err)
	}
	_, err = ReplaceUnverified([]shamir.Share{k.Shares[0], forged, k.Shares[2]}, 4, 2, k.Fingerprint)
	if _, ok := errors.AsType[*shamir.ConflictError](err); !ok {
		t.Error(err)
	}
	for _, shares := range [][]shamir.Share{nil, k.Shares[:1]} {
		if _, err := ReplaceUnverified(shares, 4, 3, k.Fingerprint); err == nil {
			t.Errorf("a share is made of %d", len(shares))
		}
	}
	if _, err := ReplaceUnverified(k.Shares, 1, 3, k.Fingerprint); err == nil {
		t.Error("2 of 1 is a quorum")
	}
}
