package recovery

import (
	"cmp"
	"slices"
)

// Progress says how far a session is.
type Progress struct {
	Have    int    // shares of different numbers, doubtful ones left out
	Need    int    // 0 while nothing is known
	Of      int    // shares made, if a certificate says so, or 0
	Indexes []int  // the numbers of those shares, ascending
	Set     string // short name of their set, if a certificate gives it
}

// group is the shares that could be of one set: of one need and one length.
type group struct {
	need, secretLen int
	offers          []*offer
}

// groups sorts the shares into groups, that of the most numbers first, among
// equals that of the seeds' length, then that offered first.
func (s *Session) groups() []*group {
	var groups []*group
	for _, o := range s.offers {
		i := slices.IndexFunc(groups, func(g *group) bool {
			return g.need == o.share.Need() && g.secretLen == o.share.SecretLen()
		})
		if i < 0 {
			i = len(groups)
			groups = append(groups, &group{need: o.share.Need(), secretLen: o.share.SecretLen()})
		}
		groups[i].offers = append(groups[i].offers, o)
	}
	slices.SortStableFunc(groups, func(a, b *group) int {
		return cmp.Or(
			cmp.Compare(len(indexes(b.offers)), len(indexes(a.offers))),
			cmp.Compare(b.usual(), a.usual()),
		)
	})
	return groups
}

// usual is 1 for a group whose secret can be the seed of an account as they
// are made.
func (g *group) usual() int {
	if n := g.secretLen; n == 35 || n == 36 {
		return 1
	}
	return 0
}

// indexes are the different numbers of shares, ascending.
func indexes(offers []*offer) []int {
	out := []int{}
	for _, o := range offers {
		out = append(out, o.share.Index())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Progress says how far the session is. Once a certificate knows one of the
// shares, only those count that it knows.
func (s *Session) Progress() Progress {
	groups := s.groups()
	if len(groups) == 0 {
		return Progress{Indexes: []int{}}
	}
	g := groups[0]
	best := Progress{Need: g.need, Indexes: indexes(g.offers)}
	for i, c := range s.certificates {
		known := s.knownTo(c)
		if n := len(known); n > 0 && (best.Set == "" || n > len(best.Indexes)) && !s.sameBefore(i) {
			best = Progress{Need: c.Quorum().Need, Of: c.Quorum().Of, Set: c.SetName(), Indexes: known}
		}
	}
	best.Have = len(best.Indexes)
	return best
}

// knownTo are the numbers of the shares that a relevant certificate knows.
func (s *Session) knownTo(c *certificate) []int {
	if !s.relevant(c.Certificate) {
		return nil
	}
	return indexes(slices.DeleteFunc(slices.Clone(s.offers), func(o *offer) bool { return !c.Knows(o.share) }))
}

// sameBefore reports whether an earlier certificate is of the same set.
func (s *Session) sameBefore(i int) bool {
	return slices.ContainsFunc(s.certificates[:i], func(d *certificate) bool { return d.Same(s.certificates[i].Certificate) })
}
