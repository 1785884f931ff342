package shamir_test

import (
	"bytes"
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"meshkey/internal/oracle"
	"meshkey/shamir"
)

// spoil returns s with another value.
func spoil(t testing.TB, r *rand.Rand, s shamir.Share) shamir.Share {
	t.Helper()
	b := s.Bytes()
	b[1+r.IntN(len(b)-1)] ^= byte(1 + r.IntN(255))
	return parse(t, b...)
}

// A lost share comes back, and a new one is on the same polynomial, from any
// quorum.
func TestRecreate(t *testing.T) {
	for need := 1; need <= 5; need++ {
		secret := someSecrets(35)[2]
		all := split(t, secret, need, shamir.MaxOf)
		subsets(all[:6], func(size int, some []shamir.Share) {
			for index := 1; index <= shamir.MaxOf; index++ {
				s, err := shamir.Recreate(some, index)
				if ok := size >= need; ok != (err == nil) || ok && !s.Equal(all[index-1]) {
					t.Fatalf("share %d from %v: %v, %v", index, some, s, err)
				}
			}
		})
		for _, index := range []int{math.MinInt, -1, 0, 16, 17, math.MaxInt} {
			_, err := shamir.Recreate(all, index)
			var place *shamir.IndexError
			if !errors.As(err, &place) || place.Index != index {
				t.Errorf("share %d: %v", index, err)
			}
		}
	}
}

// The sixteenth index, which is never written, is read.
func TestSixteenthIndex(t *testing.T) {
	p := oracle.SharingPrime(16)
	coefficients := []*big.Int{big.NewInt(1234567), big.NewInt(89)}
	var shares []shamir.Share
	for _, x := range []int{16, 5} {
		value := oracle.Evaluate(p, coefficients, x).FillBytes(make([]byte, 16))
		shares = append(shares, parse(t, append([]byte{0x20 | byte(x-1)}, value...)...))
	}
	got, err := shamir.Combine(shares)
	if err != nil || new(big.Int).SetBytes(got).Int64() != 1234567 {
		t.Errorf("%x, %v", got, err)
	}
}

// A repeated share counts once.
func TestRepeatedShare(t *testing.T) {
	secret := someSecrets(35)[2]
	shares := split(t, secret, 2, 3)
	got, err := shamir.Combine([]shamir.Share{shares[0], shares[0], shares[2], shares[0]})
	if err != nil || !bytes.Equal(got, secret) {
		t.Errorf("%x, %v", got, err)
	}
	_, err = shamir.Combine([]shamir.Share{shares[0], shares[0]})
	var few *shamir.TooFewError
	if !errors.As(err, &few) || *few != (shamir.TooFewError{Have: 1, Need: 2}) {
		t.Errorf("one share twice: %v", err)
	}
}

func TestMixedShares(t *testing.T) {
	a, b, c := parse(t, 0x20, 1, 2), parse(t, 0x31, 1, 2), parse(t, 0x22, 1, 2, 3)
	for _, shares := range [][]shamir.Share{{a, b}, {a, c}, {b, c}, {a, a, c}, {a, b, c}} {
		_, err := shamir.Combine(shares)
		var mixed *shamir.MixedError
		if !errors.As(err, &mixed) || len(mixed.Indexes) != len(shares) {
			t.Errorf("%v: %v", shares, err)
			continue
		}
		for i, s := range shares {
			if mixed.Indexes[i] != s.Index() || mixed.Needs[i] != s.Need() || mixed.SecretLens[i] != s.SecretLen() {
				t.Errorf("%v: %v", shares, err)
			}
		}
	}
	var length *shamir.LengthError
	if _, err := shamir.Combine([]shamir.Share{a, {}}); !errors.As(err, &length) {
		t.Errorf("a share that is none: %v", err)
	}
}

// Different shares of one index are named, whatever else is there.
func TestOneIndexTwice(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	shares := split(t, someSecrets(35)[2], 3, 5)
	offered := []shamir.Share{shares[4], shares[1], spoil(t, r, shares[4]), shares[0], spoil(t, r, shares[1]), spoil(t, r, shares[1])}
	_, err := shamir.Combine(offered)
	var conflict *shamir.ConflictError
	if !errors.As(err, &conflict) || !slices.Equal(conflict.Indexes, []int{2, 5}) || !conflict.Twice || conflict.Suspects != nil {
		t.Errorf("%v", err)
	}
}

// Any single wrong share among more than are needed is noticed. With e wrong
// and 2e to spare or more, just the wrong ones are named.
func TestWrongShares(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		need := 1 + r.IntN(6)
		of := need + r.IntN(10)
		shares := split(t, someSecrets([]int{16, 35, 64}[r.IntN(3)])[2], need, of)
		spare := of - need
		wrong := r.Perm(of)[:r.IntN(spare+1)]
		slices.Sort(wrong)
		var indexes, all []int
		for _, i := range wrong {
			shares[i] = spoil(t, r, shares[i])
			indexes = append(indexes, i+1)
		}
		for i := range shares {
			all = append(all, i+1)
		}
		r.Shuffle(of, func(i, j int) { shares[i], shares[j] = shares[j], shares[i] })
		_, err := shamir.Combine(shares)
		if len(wrong) == 0 {
			if err != nil {
				t.Errorf("%v", err)
			}
			continue
		}
		var conflict *shamir.ConflictError
		if !errors.As(err, &conflict) || !slices.Equal(conflict.Indexes, all) || conflict.Twice {
			t.Fatalf("%d needed, %v of %d wrong: %v", need, indexes, of, err)
		}
		want := indexes
		if 2*len(wrong) > spare {
			want = nil
		}
		if !slices.Equal(conflict.Suspects, want) {
			t.Errorf("%d needed, %v of %d wrong: %v", need, indexes, of, err)
		}
		if _, err := shamir.Recreate(shares, 3); !errors.As(err, &conflict) {
			t.Errorf("Recreate with a wrong share: %v", err)
		}
	}
}

// Shares that agree on a number from 2^(8n) to P-1 were not made together.
func TestNumberWithoutEncoding(t *testing.T) {
	// On the line 256 + a·x modulo 257, a = 2, are (1, 1) and (2, 3).
	_, err := shamir.Combine([]shamir.Share{parse(t, 0x20, 1), parse(t, 0x21, 3)})
	var large *shamir.RangeError
	if !errors.As(err, &large) || *large != (shamir.RangeError{Index: 0, Octets: 1}) {
		t.Errorf("the secret 256: %v", err)
	}
	// On 5 + 251·x, 251·1 + 5 = 256; 5 + 251·2 = 250, 5 + 251·3 = 244.
	_, err = shamir.Recreate([]shamir.Share{parse(t, 0x21, 250), parse(t, 0x22, 244)}, 1)
	if !errors.As(err, &large) || *large != (shamir.RangeError{Index: 1, Octets: 1}) {
		t.Errorf("the share 256: %v", err)
	}
}

// What a person reads.
func TestErrorTexts(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&shamir.TooFewError{}, "shamir: no shares"},
		{&shamir.TooFewError{Have: 1, Need: 3}, "shamir: 1 of the 3 shares needed"},
		{&shamir.LengthError{Octets: 65}, "shamir: a secret has 1 to 64 octets, not 65"},
		{&shamir.IndexError{Index: 16}, "shamir: shares are numbered from 1 to 15; there is no share 16"},
		{&shamir.MixedError{Indexes: []int{1, 3}, Needs: []int{2, 3}, SecretLens: []int{35, 35}},
			"shamir: shares of different sets: share 1 (2 needed, 35 octets), share 3 (3 needed, 35 octets)"},
		{&shamir.ConflictError{Indexes: []int{4}, Twice: true}, "shamir: there are different shares numbered 4"},
		{&shamir.ConflictError{Indexes: []int{1, 4}, Twice: true}, "shamir: there are different shares numbered 1 and 4"},
		{&shamir.ConflictError{Indexes: []int{1, 4}}, "shamir: shares 1 and 4 do not agree"},
		{&shamir.ConflictError{Indexes: []int{1, 2, 4, 5}, Suspects: []int{2}}, "shamir: shares 1, 2, 4 and 5 do not agree; all but 2 do"},
		{&shamir.RangeError{Octets: 35}, "shamir: the secret does not fit in 35 octets"},
		{&shamir.RangeError{Index: 3, Octets: 35}, "shamir: share 3 does not fit in 35 octets"},
		{shamir.Quorum{Need: 3, Of: 2}.Validate(), "shamir: more shares are needed than there are"},
	} {
		if c.err.Error() != c.want {
			t.Errorf("%q, not %q", c.err, c.want)
		}
	}
}

// The value of any share is the secret's only guard: no error shows one.
func TestErrorsHideValues(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	shares := split(t, someSecrets(35)[2], 2, 4)
	shares[3] = spoil(t, r, shares[3])
	_, err := shamir.Combine(shares)
	for _, s := range shares {
		for _, octet := range []string{string(s.Bytes()[1:9])} {
			if strings.Contains(err.Error(), octet) {
				t.Error("an error shows a share")
			}
		}
	}
}

// Combine changes nothing that it is given.
func TestCombineLeavesShares(t *testing.T) {
	shares := split(t, someSecrets(35)[2], 3, 5)
	shares[0], shares[4] = shares[4], shares[0]
	before := slices.Clone(shares)
	var octets [][]byte
	for _, s := range shares {
		octets = append(octets, s.Bytes())
	}
	for range 2 {
		if _, err := shamir.Combine(shares); err != nil {
			t.Fatal(err)
		}
		if _, err := shamir.Recreate(shares, 2); err != nil {
			t.Fatal(err)
		}
	}
	for i, s := range shares {
		if s.Index() != before[i].Index() || !bytes.Equal(s.Bytes(), octets[i]) {
			t.Errorf("share %d changed", i)
		}
	}
}

// FuzzCombine reads shares from octets, each as long as the first says, and
// compares what they give with the oracle.
func FuzzCombine(f *testing.F) {
	f.Add(uint8(1), []byte{0x20, 1, 0x21, 3})
	f.Add(uint8(1), []byte{0x20, 1, 0x20, 1, 0x21, 4, 0x2f, 4})
	f.Add(uint8(2), []byte("\x32abc\x33def\x31ghi\x3fjkl"))
	f.Add(uint8(35), bytes.Repeat([]byte{0x10, 0xff}, 40))
	f.Fuzz(func(t *testing.T, n uint8, b []byte) {
		octets := 1 + int(n)%shamir.MaxSecret
		var shares []shamir.Share
		for len(b) > octets && len(shares) < 40 {
			if s, err := shamir.ParseShare(b[:1+octets]); err == nil {
				shares = append(shares, s)
			}
			b = b[1+octets:]
		}
		got, err := shamir.Combine(shares)
		if want, agree := byOracle(shares, octets); agree != (err == nil) || agree && !bytes.Equal(got, want) {
			t.Errorf("%v give %x, %v; the oracle %x, %v", shares, got, err, want, agree)
		}
	})
}

// byOracle is Combine by the oracle; it is not ok if there is any error.
func byOracle(shares []shamir.Share, octets int) (secret []byte, ok bool) {
	if len(shares) == 0 {
		return nil, false
	}
	values, need := map[int]*big.Int{}, shares[0].Need()
	for _, s := range shares {
		value := new(big.Int).SetBytes(s.Bytes()[1:])
		if old := values[s.Index()]; s.Need() != need || old != nil && old.Cmp(value) != 0 {
			return nil, false
		}
		values[s.Index()] = value
	}
	if len(values) < need {
		return nil, false
	}
	var x []int
	var y []*big.Int
	for index, value := range values { // in no order
		x, y = append(x, index), append(y, value)
	}
	p := oracle.SharingPrime(octets)
	for i := need; i < len(x); i++ {
		if oracle.Interpolate(p, x[:need], y[:need], x[i]).Cmp(y[i]) != 0 {
			return nil, false
		}
	}
	s := oracle.Interpolate(p, x[:need], y[:need], 0)
	if s.BitLen() > 8*octets {
		return nil, false
	}
	return s.FillBytes(make([]byte, octets)), true
}
