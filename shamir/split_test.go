package shamir_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"testing"

	"meshkey/internal/oracle"
	"meshkey/shamir"
	"meshkey/udf"
	"meshkey/vectors"
)

// subsets calls f with every subset of the shares.
func subsets(shares []shamir.Share, f func(size int, some []shamir.Share)) {
	for set := range uint(1) << len(shares) {
		var some []shamir.Share
		for i, s := range shares {
			if set>>i&1 == 1 {
				some = append(some, s)
			}
		}
		f(bits.OnesCount(set), some)
	}
}

// someSecrets are the secrets of n octets at both ends and one between.
func someSecrets(n int) [][]byte {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	between := make([]byte, n)
	for i := range between {
		between[i] = byte(r.Uint32())
	}
	one := make([]byte, n)
	one[n-1] = 1
	return [][]byte{make([]byte, n), one, between, bytes.Repeat([]byte{0xff}, n)}
}

func split(t testing.TB, secret []byte, need, of int) []shamir.Share {
	t.Helper()
	shares, err := shamir.Split(secret, shamir.Quorum{Need: need, Of: of})
	if err != nil {
		t.Fatal(err)
	}
	return shares
}

// The published polynomials give the published shares, and every subset of
// them that is large enough the secret.
func TestVectors(t *testing.T) {
	for c := range vectors.Each[vectors.Shares]("udf-shares") {
		var shares []shamir.Share
		for _, text := range c.Data.Shares {
			s, err := udf.ParseShare(text)
			if err != nil {
				t.Fatalf("%s: %v", c.Name, err)
			}
			shares = append(shares, s)
		}
		if c.Result != vectors.OK {
			if got, err := shamir.Combine(shares); err == nil {
				t.Errorf("%s gives %x and should be %s", c.Name, got, c.Result)
			}
			continue
		}
		var coefficients [][]byte
		for _, b := range c.Data.Coefficients {
			coefficients = append(coefficients, b)
		}
		made, ok := shamir.SplitWith(coefficients, len(shares))
		if !ok {
			t.Fatalf("%s: a value does not fit", c.Name)
		}
		for i, s := range made {
			if !s.Equal(shares[i]) {
				t.Errorf("%s: share %d is %x, published %x", c.Name, i+1, s.Bytes(), shares[i].Bytes())
			}
		}
		subsets(shares, func(size int, some []shamir.Share) {
			got, err := shamir.Combine(some)
			if ok := size >= c.Data.Need; ok != (err == nil) || ok && !bytes.Equal(got, c.Data.Secret) {
				t.Errorf("%s: %v gives %x, %v", c.Name, some, got, err)
			}
		})
	}
}

// Every subset of Need shares or more gives the secret, for every quorum up to
// seven shares; fewer say how many are missing.
func TestEverySubset(t *testing.T) {
	for of := 1; of <= 7; of++ {
		for need := 1; need <= of; need++ {
			for _, n := range []int{1, 2, 16, 35, 64} {
				for _, secret := range someSecrets(n) {
					shares := split(t, secret, need, of)
					if len(shares) != of {
						t.Fatalf("%d of %d: %d shares", need, of, len(shares))
					}
					subsets(shares, func(size int, some []shamir.Share) {
						got, err := shamir.Combine(some)
						var few *shamir.TooFewError
						switch {
						case size >= need && (err != nil || !bytes.Equal(got, secret)):
							t.Errorf("%d of %d: %v give %x, %v", need, of, some, got, err)
						case size < need && (!errors.As(err, &few) || few.Have != size || few.Need != need && size > 0):
							t.Errorf("%d of %d: %v: %v", need, of, some, err)
						}
					})
				}
			}
		}
	}
}

// All lengths and all quorums, with indexes to the end, in any order.
func TestEveryLength(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := 1; n <= shamir.MaxSecret; n++ {
		for need := 1; need <= shamir.MaxOf; need++ {
			secret := someSecrets(n)[r.IntN(4)]
			shares := split(t, secret, need, shamir.MaxOf)
			for i, s := range shares {
				if s.Index() != i+1 || s.Need() != need || s.SecretLen() != n {
					t.Fatalf("share %d of %d octets is %v with %d", i+1, n, s, s.SecretLen())
				}
			}
			for _, count := range []int{need, shamir.MaxOf} {
				r.Shuffle(len(shares), func(i, j int) { shares[i], shares[j] = shares[j], shares[i] })
				if got, err := shamir.Combine(shares[:count]); err != nil || !bytes.Equal(got, secret) {
					t.Fatalf("%d octets, %v give %x, %v", n, shares[:count], got, err)
				}
			}
		}
	}
}

// To any Need-1 shares and any other secret there are shares that lead to it,
// so that those shares tell nothing.
func TestFewerFitAnySecret(t *testing.T) {
	for _, n := range []int{16, 32, 35, 64} {
		p := oracle.SharingPrime(n)
		for need := 2; need <= 6; need++ {
			shares := split(t, bytes.Repeat([]byte{7}, n), need, 6)
			for _, other := range someSecrets(n) {
				x, y := []int{0}, []*big.Int{new(big.Int).SetBytes(other)}
				for _, s := range shares[:need-1] {
					x = append(x, s.Index())
					y = append(y, new(big.Int).SetBytes(s.Bytes()[1:]))
				}
				value := oracle.Interpolate(p, x, y, need).FillBytes(make([]byte, n))
				forged := parse(t, append([]byte{byte(need<<4 | need - 1)}, value...)...)
				got, err := shamir.Combine(append([]shamir.Share{forged}, shares[:need-1]...))
				if err != nil || !bytes.Equal(got, other) {
					t.Errorf("%d octets, %d needed: %x, %v", n, need, got, err)
				}
			}
		}
	}
}

// Two splits have nothing in common: the coefficients are drawn.
func TestSplitIsRandom(t *testing.T) {
	secret := make([]byte, 35)
	for need := 2; need <= 4; need++ {
		a, b := split(t, secret, need, 4), split(t, secret, need, 4)
		for i := range a {
			if a[i].Equal(b[i]) {
				t.Errorf("%d needed: share %d is the same twice", need, i+1)
			}
		}
		if a[0].Equal(a[1]) {
			t.Error("two shares have one value")
		}
	}
	for _, s := range split(t, []byte("copy"), 1, 3) { // one of n is a copy
		if !bytes.Equal(s.Bytes()[1:], []byte("copy")) {
			t.Errorf("share of a quorum of one: %x", s.Bytes())
		}
	}
}

// With P = 257, the secret 1 and the coefficient 255, share 1 would be 256.
func TestValueThatDoesNotFit(t *testing.T) {
	if _, ok := shamir.SplitWith([][]byte{{1}, {255}}, 1); ok {
		t.Error("a value of 256 is written in one octet")
	}
	if shares, ok := shamir.SplitWith([][]byte{{1}, {254}}, 1); !ok || !bytes.Equal(shares[0].Bytes(), []byte{0x20, 255}) {
		t.Errorf("a value of 255: %v, %v", shares, ok)
	}
	if _, ok := shamir.SplitWith([][]byte{{0}, {128}}, 2); ok {
		t.Error("256 as the second share is written in one octet")
	}
	// So about one polynomial in twenty is drawn again.
	for i := range 2000 {
		secret := []byte{byte(i)}
		shares := split(t, secret, 2, shamir.MaxOf)
		if got, err := shamir.Combine(shares); err != nil || !bytes.Equal(got, secret) {
			t.Fatalf("secret %d comes back as %d, %v", secret, got, err)
		}
	}
}

func TestSplitRefuses(t *testing.T) {
	for _, q := range []shamir.Quorum{{}, {Need: 0, Of: 3}, {Need: 3, Of: 2}, {Need: 2, Of: 16}, {Need: -1, Of: 3}} {
		_, err := shamir.Split([]byte{1}, q)
		var quorum *shamir.QuorumError
		if !errors.As(err, &quorum) || quorum.Quorum != q {
			t.Errorf("%v: %v", q, err)
		}
	}
	for _, n := range []int{0, shamir.MaxSecret + 1, 1 << 20} {
		_, err := shamir.Split(make([]byte, n), shamir.Quorum{Need: 2, Of: 3})
		var length *shamir.LengthError
		if !errors.As(err, &length) || length.Octets != n {
			t.Errorf("%d octets: %v", n, err)
		}
	}
}

// Nothing is written into the secret or behind it, and none of it is kept.
func TestSplitLeavesSecret(t *testing.T) {
	room := bytes.Repeat([]byte{0xa5}, 80)
	shares := split(t, room[:35], 3, 5)
	if !bytes.Equal(room, bytes.Repeat([]byte{0xa5}, 80)) {
		t.Fatal("Split wrote into its argument")
	}
	clear(room)
	shares[1].Wipe()
	got, err := shamir.Combine([]shamir.Share{shares[0], shares[2], shares[4]})
	if err != nil || !bytes.Equal(got, bytes.Repeat([]byte{0xa5}, 35)) {
		t.Errorf("after clearing the secret and a share: %x, %v", got, err)
	}
}

func TestAllocations(t *testing.T) {
	secret := make([]byte, 35)
	q := shamir.Quorum{Need: 3, Of: 5}
	shares := split(t, secret, q.Need, q.Of)
	trial, err := shamir.NewTrial(shares[:2], shares[4])
	if err != nil {
		t.Fatal(err)
	}
	value := make([]byte, 35)
	for _, c := range []struct {
		what string
		most float64
		f    func()
	}{
		{"Split", 3, func() { _, _ = shamir.Split(secret, q) }},
		{"Combine of a quorum", 1, func() { _, _ = shamir.Combine(shares[2:]) }},
		{"Combine of all", 1, func() { _, _ = shamir.Combine(shares) }},
		{"Recreate", 2, func() { _, _ = shamir.Recreate(shares, 9) }},
		{"Trial.Secret", 0, func() { trial.Secret(secret, value) }},
	} {
		if got := testing.AllocsPerRun(100, c.f); got > c.most {
			t.Errorf("%s allocates %v times, not %v", c.what, got, c.most)
		}
	}
}

func ExampleSplit() {
	secret := []byte("the secret of an account")
	shares, err := shamir.Split(secret, shamir.Quorum{Need: 2, Of: 3})
	if err != nil {
		panic(err)
	}
	lost := shares[1]
	lost.Wipe()

	again, err := shamir.Recreate([]shamir.Share{shares[2], shares[0]}, 2)
	if err != nil {
		panic(err)
	}
	recovered, err := shamir.Combine([]shamir.Share{shares[0], again})
	if err != nil {
		panic(err)
	}
	fmt.Println(again)
	fmt.Printf("%s\n", recovered)
	// Output:
	// share 2 (2 needed)
	// the secret of an account
}
