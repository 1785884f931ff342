package recovery

import (
	"testing"

	"meshkey/profile"
	"meshkey/udf"
)

// Every choice of the good sheets is combined, and a sheet that does not belong
// to them is noticed.
func TestQuorums(t *testing.T) {
	k := newKit(t, profile.NewSeed(), 2, 5)
	for _, c := range []struct {
		texts []string
		want  int
	}{
		{k.shares[:2], 1},
		{k.shares[1:4], 3},
		{append(k.shares[:5:5], k.shares[0]), 10},
		{append(k.shares[1:5:5], damage(k.shares[0], 12, 1)), 6},
		{append(k.shares[:3:3], damage(k.shares[0], 12, 1)), 3},
	} {
		s := session(t, Anchor{Account: k.Fingerprint}, c.texts...)
		r, err := s.Recover()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Quorums(); err != nil || got != c.want {
			t.Errorf("%d quorums, not %d: %v", got, c.want, err)
		}
		other := newKit(t, profile.NewSeed(), 2, 3)
		foreign, err := udf.ParseShare(other.shares[2])
		if err != nil {
			t.Fatal(err)
		}
		mixed := []*offer{r.used()[0], {share: foreign}}
		r.used = func() []*offer { return mixed }
		if _, err := r.Quorums(); err == nil {
			t.Error("sheets of two sets make quorums")
		}
		s.Wipe()
		r.Seed.Wipe()
	}
}

func TestQuorumsOfOne(t *testing.T) {
	k := newKit(t, profile.NewSeed(), 1, 3)
	r, err := session(t, Anchor{Account: k.Fingerprint}, k.shares...).Recover()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := r.Quorums(); err != nil || got != 3 {
		t.Errorf("%d quorums: %v", got, err)
	}
}
