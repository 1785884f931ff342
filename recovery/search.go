package recovery

import (
	"cmp"
	"slices"

	"meshkey/internal/secret"
	"meshkey/profile"
	"meshkey/shamir"
	"meshkey/udf"
)

// maxTries bounds the combinations of one search. Fifteen shares of different
// numbers have 6,435 at most; more come from different shares of one number.
const maxTries = 20000

// choices are the shares of one number.
type choices struct {
	index  int
	offers []*offer // those a certificate knows first
	known  bool     // a certificate knows one of them
}

// choices sorts a group by number, the numbers that a certificate knows first.
func (s *Session) choices(g *group) []choices {
	var out []choices
	for _, x := range indexes(g.offers) {
		c := choices{index: x}
		for _, o := range g.offers {
			if o.share.Index() != x {
				continue
			}
			if known, _ := s.judge(o); known != nil {
				c.offers, c.known = slices.Insert(c.offers, 0, o), true
			} else {
				c.offers = append(c.offers, o)
			}
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b choices) int { return cmp.Compare(truth(b.known), truth(a.known)) })
	return out
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// search combines need shares of different numbers in every way, until try is
// satisfied, and returns those shares; nil if none satisfy it. more tells that
// there were more combinations than maxTries.
func search(from []choices, need int, try func([]shamir.Share) bool) (good []shamir.Share, more bool) {
	tries := 0
	chosen := make([]shamir.Share, 0, need)
	var choose func(at int) bool
	choose = func(at int) bool {
		if len(chosen) == need {
			tries++
			return tries > maxTries || try(chosen)
		}
		for i := at; i <= len(from)-(need-len(chosen)); i++ {
			for _, o := range from[i].offers {
				chosen = append(chosen, o.share)
				if choose(i + 1) {
					return true
				}
				chosen = chosen[:len(chosen)-1]
			}
		}
		return false
	}
	switch found := choose(0); {
	case tries > maxTries:
		return nil, true
	case found:
		return chosen, false
	}
	return nil, false
}

// seedOf combines shares into the seed of an account. The error is shamir's, or
// a *profile.KindError for another seed, or says that it is none.
func seedOf(shares []shamir.Share) (*profile.Seed, error) {
	octets, err := shamir.Combine(shares)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(octets)
	return profile.SeedFromOctets(octets)
}

// isAccount reports whether shares give the seed of an account with this
// fingerprint.
func isAccount(shares []shamir.Share, want udf.Fingerprint) bool {
	seed, err := seedOf(shares)
	if err != nil {
		return false
	}
	defer seed.Wipe()
	got, err := seed.Fingerprint()
	return err == nil && got.Matches(want)
}
