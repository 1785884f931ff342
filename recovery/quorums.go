package recovery

import (
	"errors"
	"slices"

	"meshkey/shamir"
)

// Quorums combines every choice of Need of the shares used, 6,435 at most, and
// returns how many there are. Each must give the seed, or the error says that
// one does not. It must be called before the session is wiped.
func (r *Result) Quorums() (int, error) {
	var from []choices
	for _, o := range r.used() {
		index := o.share.Index()
		if !slices.ContainsFunc(from, func(c choices) bool { return c.index == index }) {
			from = append(from, choices{index: index, offers: []*offer{o}})
		}
	}
	tried := 0
	_, more := search(from, r.Need, func(chosen []shamir.Share) bool {
		seed, err := seedOf(chosen)
		if err != nil {
			return true
		}
		defer seed.Wipe()
		if !seed.Equal(r.Seed) {
			return true
		}
		tried++
		return false
	})
	if n := chooseCount(len(from), r.Need); more || tried != n {
		return tried, errors.New("recovery: a choice of the sheets does not give the account")
	}
	return tried, nil
}

// chooseCount is the number of ways to choose k of n.
func chooseCount(n, k int) int {
	count := 1
	for i := range k {
		count = count * (n - i) / (i + 1)
	}
	return count
}
