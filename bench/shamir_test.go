package bench

import (
	"crypto/rand"
	"fmt"
	"testing"

	vault "github.com/hashicorp/vault/shamir"

	"meshkey/shamir"
)

// BenchmarkShamir compares with hashicorp/vault, the implementation most in
// use: over GF(2^8), branch-free, one random call and one polynomial an octet.
// Recovery goes through every quorum in turn, since ours costs less for
// neighbouring indexes.
func BenchmarkShamir(b *testing.B) {
	for _, c := range []struct {
		need, of, octets int
		split, recover   limits
	}{
		{3, 5, 35, limits{0.12, 0.06}, limits{0.035, 0.010}},  // S1, S2
		{8, 15, 64, limits{0.08, 0.04}, limits{0.010, 0.003}}, // S3, S4
		{2, 3, 16, limits{}, limits{}},
		{2, 3, 35, limits{}, limits{}},
		{5, 9, 35, limits{}, limits{}},
	} {
		secret := make([]byte, c.octets)
		_, _ = rand.Read(secret)
		q := shamir.Quorum{Need: c.need, Of: c.of}
		name := fmt.Sprintf("%dof%d/%doctets", c.need, c.of, c.octets)
		b.Run("Split/"+name, func(b *testing.B) {
			compare(b, c.split,
				func() { must(shamir.Split(secret, q)) },
				func() { must(vault.Split(secret, c.of, c.need)) })
		})
		b.Run("Recover/"+name, func(b *testing.B) {
			ours := subsets(must(shamir.Split(secret, q)), c.need)
			theirs := subsets(must(vault.Split(secret, c.of, c.need)), c.need)
			i, j := 0, 0
			compare(b, c.recover,
				func() { i++; must(shamir.Combine(ours[i%len(ours)])) },
				func() { j++; must(vault.Combine(theirs[j%len(theirs)])) })
		})
	}
}

// BenchmarkTrial compares one guess of a repair search, through a Trial, with
// recombining the shares.
func BenchmarkTrial(b *testing.B) {
	shares := must(shamir.Split(make([]byte, 35), shamir.Quorum{Need: 3, Of: 5}))
	trial := must(shamir.NewTrial(shares[:2], shares[4]))
	secret, value := make([]byte, 35), shares[4].Bytes()[1:]
	compare(b, limits{},
		func() { trial.Secret(secret, value) },
		func() {
			guess := must(shamir.ParseShare(shares[4].Bytes()))
			must(shamir.Combine([]shamir.Share{shares[0], shares[1], guess}))
		})
}

// subsets lists the subsets of n elements of s.
func subsets[T any](s []T, n int) [][]T {
	if n == 0 {
		return [][]T{nil}
	}
	var all [][]T
	for i := range s {
		for _, rest := range subsets(s[i+1:], n-1) {
			all = append(all, append([]T{s[i]}, rest...))
		}
	}
	return all
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
