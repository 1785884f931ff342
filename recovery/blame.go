package recovery

import (
	"errors"
	"slices"

	"meshkey/shamir"
)

// blame names the shares that can be told to be wrong though no choice of a
// group gives the account, or though there are not enough yet. err is what
// combining all of the group gave, or nil.
func (s *Session) blame(g *group, err error) []Suspect {
	suspects := s.unreadable()
	var conflict *shamir.ConflictError
	var wrong []int
	if errors.As(err, &conflict) {
		wrong = conflict.Suspects
	}
	set := s.Progress().Set
	for _, o := range s.offers {
		if suspect, ok := s.doubt(o, set); ok {
			suspects = append(suspects, suspect)
			continue
		}
		switch x := o.share.Index(); {
		case !slices.Contains(g.offers, o):
			suspects = append(suspects, o.unlike(g.offers[0].share))
		case slices.Contains(wrong, x):
			suspects = append(suspects, o.suspect(Disagrees, "it does not agree with the others"))
		}
	}
	return suspects
}

// doubt is what speaks against a share by itself: a certificate, or another
// share of its number. set is the name of the leading set, if one is known.
func (s *Session) doubt(o *offer, set string) (Suspect, bool) {
	known, misfit := s.judge(o)
	if known != nil {
		if set == "" || known.SetName() == set {
			return Suspect{}, false
		}
		return o.suspect(OtherSet, "it is of set %s, others are of set %s", known.SetName(), set), true
	}
	for _, c := range s.certificates {
		if c.Knows(o.share) {
			return o.foreign(c, s.want), true // by a certificate that is not relevant
		}
	}
	switch {
	case misfit != nil:
		return o.byCertificate(misfit), true
	case slices.ContainsFunc(s.offers, o.contradicts):
		return o.suspect(Contradicts, "there are different sheets of this number"), true
	}
	if row := o.misspelt(); row > 0 {
		suspect := o.suspect(Misspelt, "row %d does not fit its check letters", row)
		suspect.Row = row
		return suspect, true
	}
	return Suspect{}, false
}

// suspects names the shares that something is wrong with while there are not
// yet enough.
func (s *Session) suspects() []Suspect {
	if groups := s.groups(); len(groups) > 0 {
		return s.blame(groups[0], nil)
	}
	return s.unreadable()
}
