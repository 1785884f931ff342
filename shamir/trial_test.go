package shamir_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"meshkey/shamir"
)

// A trial gives what Combine would for every value it is asked about.
func TestTrial(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	for range 300 {
		n := []int{1, 2, 16, 35, 64}[r.IntN(5)]
		need := 1 + r.IntN(7)
		shares := split(t, someSecrets(n)[r.IntN(4)], need, shamir.MaxOf)
		r.Shuffle(len(shares), func(i, j int) { shares[i], shares[j] = shares[j], shares[i] })
		known, doubtful := shares[:need-1], spoil(t, r, shares[need])
		trial, err := shamir.NewTrial(known, doubtful)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []shamir.Share{shares[need], doubtful, spoil(t, r, doubtful)} {
			got := bytes.Repeat([]byte{0xa5}, n+8)
			fits := trial.Secret(got[:n], s.Bytes()[1:])
			want, err := shamir.Combine(append([]shamir.Share{s}, known...))
			if fits != (err == nil) || fits && !bytes.Equal(got[:n], want) {
				t.Fatalf("%d octets, %d needed: %x, %v; Combine gives %x, %v", n, need, got[:n], fits, want, err)
			}
			if !bytes.Equal(got[n:], bytes.Repeat([]byte{0xa5}, 8)) {
				t.Fatal("written past the end")
			}
		}
		trial.Wipe()
	}
}

func TestTrialRefuses(t *testing.T) {
	shares := split(t, someSecrets(16)[2], 3, 5)
	var few *shamir.TooFewError
	if _, err := shamir.NewTrial(shares[:1], shares[2]); !errors.As(err, &few) || few.Have != 2 {
		t.Errorf("one known share of three: %v", err)
	}
	if _, err := shamir.NewTrial(shares[:2], shares[1]); !errors.As(err, &few) {
		t.Errorf("the doubtful share is known: %v", err)
	}
	if _, err := shamir.NewTrial(shares[:3], shares[3]); err == nil {
		t.Error("a trial of a share that is not needed")
	}
	var mixed *shamir.MixedError
	if _, err := shamir.NewTrial(shares[:2], parse(t, 0x34, 1)); !errors.As(err, &mixed) {
		t.Errorf("a share of another length: %v", err)
	}
}

// What the known shares give together is close to the secret, and is not
// printed.
func TestTrialPrintsNothing(t *testing.T) {
	shares := split(t, someSecrets(16)[2], 3, 5)
	trial, err := shamir.NewTrial(shares[:2], shares[2])
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%x", "%s"} {
		for _, v := range []any{trial, *trial} {
			if got := fmt.Sprintf(verb, v); got != "[secret]" {
				t.Errorf("%s of %T prints %s", verb, v, got)
			}
		}
	}
}
