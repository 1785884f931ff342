package recovery

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"meshkey/profile"
	"meshkey/record"
	"meshkey/shamir"
	"meshkey/udf"
)

// A Result is an account that was recovered.
type Result struct {
	Seed        *profile.Seed // the caller's to wipe
	Account     udf.Fingerprint
	Verified    bool       // the account is the anchor's
	Anchor      AnchorKind // what it was compared with
	Need        int
	Offered     []int               // the numbers of all shares that could be read, ascending
	Used        []int               // of those that gave the account or agree with it
	Suspects    []Suspect           // all others
	Repairs     []Repair            // that were accepted, of shares used
	Certificate *record.Certificate // of the set used, signed by the account; or nil
	Address     string              // from the account's profile or certificate, or empty
	Notes       []Note

	used func() []*offer // a function, since nothing prints what it returns
}

// A SuspectError says that there are not enough shares yet and that something
// is wrong with some that were offered.
type SuspectError struct {
	Progress Progress
	Suspects []Suspect
}

// Error implements error.
func (e *SuspectError) Error() string {
	text := "recovery: " + list(e.Suspects)
	if e.Progress.Need > 0 { // unknown while no sheet can be read
		text += fmt.Sprintf("; %d of the %d sheets needed are good", e.Progress.Have, e.Progress.Need)
	}
	return text
}

// A MismatchError says that there are enough shares, and that no choice of them
// gives the account asked for.
type MismatchError struct {
	Want     udf.Fingerprint // zero without an anchor
	Got      udf.Fingerprint // of the account that all shares together give, or zero
	Kind     *udf.Specifier  // of the seed they give, if that is not an account's, or nil
	Progress Progress
	Suspects []Suspect // whatever can be told; perhaps none
	More     bool      // there were too many combinations to try all
}

// Error implements error.
func (e *MismatchError) Error() string {
	text := "recovery: the sheets do not give the account " + e.Want.String()
	switch {
	case e.Want.IsZero():
		text = "recovery: the sheets give no account"
	case !e.Got.IsZero():
		text += " but another, " + e.Got.String()
		if e.Got.String() == e.Want.String() { // they differ in letters that are not shown
			text = fmt.Sprintf("recovery: the sheets do not give the account %s but another, %s", e.Want.Text(e.Want.Bits()), e.Got.Text(e.Want.Bits()))
		}
	}
	if e.Kind != nil {
		text += fmt.Sprintf("; they give a seed of kind %v", *e.Kind)
	}
	if e.More {
		text += "; there are too many to try every choice of them"
	}
	if len(e.Suspects) > 0 {
		text += "; " + list(e.Suspects)
	}
	return text
}

func list(suspects []Suspect) string {
	texts := make([]string, len(suspects))
	for i, s := range suspects {
		texts[i] = s.String()
	}
	return strings.Join(texts, "; ")
}

// Recover gives the account back if some Need of the shares give the one that
// the session is anchored in. It may be called again after further shares.
//
// The error is an *[AnchorError] without an anchor; a *[MismatchError] if there
// are shares of Need different numbers and no choice of them gives the account;
// else, with too few, a *[SuspectError] if something is wrong with any, and a
// *[shamir.TooFewError] if not.
func (s *Session) Recover() (*Result, error) {
	want, kind, err := s.target()
	if err != nil {
		return nil, err
	}
	var mismatch *MismatchError
	for _, g := range s.groups() {
		if len(indexes(g.offers)) < g.need {
			continue
		}
		good, err := s.solve(g, want)
		if err == nil {
			return s.result(good, kind)
		}
		if mismatch == nil && !errors.As(err, &mismatch) {
			return nil, err
		}
	}
	if mismatch != nil {
		return nil, mismatch
	}
	p := s.Progress()
	if suspects := s.suspects(); len(suspects) > 0 {
		return nil, &SuspectError{p, suspects}
	}
	return nil, &shamir.TooFewError{Have: p.Have, Need: p.Need}
}

// solve finds shares of the group that give the account wanted, or, without an
// anchor, takes all of them if they agree on any account.
func (s *Session) solve(g *group, want udf.Fingerprint) ([]shamir.Share, error) {
	all := make([]shamir.Share, len(g.offers))
	for i, o := range g.offers {
		all[i] = o.share
	}
	e := &MismatchError{Want: want, Progress: s.Progress()}
	seed, err := seedOf(all)
	if err == nil {
		defer seed.Wipe()
		if e.Got, err = seed.Fingerprint(); err != nil {
			return nil, err
		}
		if want.IsZero() || e.Got.Matches(want) {
			return all, nil
		}
	}
	// If all agree, every choice of them gives the same.
	if conflict := (*shamir.ConflictError)(nil); errors.As(err, &conflict) && !want.IsZero() {
		var good []shamir.Share
		good, e.More = search(s.choices(g), g.need, func(shares []shamir.Share) bool { return isAccount(shares, want) })
		if good != nil {
			return good, nil
		}
	}
	var other *profile.KindError
	if errors.As(err, &other) {
		e.Kind = &other.Specifier
	}
	e.Suspects = s.blame(g, err)
	return nil, e
}

// result completes what good shares of the account gave.
func (s *Session) result(good []shamir.Share, kind AnchorKind) (*Result, error) {
	seed, err := seedOf(good)
	if err != nil {
		return nil, err
	}
	account, err := seed.Account()
	if err != nil {
		seed.Wipe()
		return nil, err
	}
	defer account.Wipe()
	r := &Result{
		Seed: seed, Account: account.Fingerprint(), Verified: kind != Unanchored, Anchor: kind,
		Need: good[0].Need(), Offered: indexes(s.offers), Notes: slices.Clone(s.notes),
	}
	r.Suspects = s.unreadable()
	var used []*offer
	for _, o := range s.offers {
		if _, err := shamir.Combine(append(slices.Clone(good), o.share)); err == nil {
			used = append(used, o)
			if o.repair != nil {
				r.Repairs = append(r.Repairs, *o.repair)
			}
		} else {
			r.Suspects = append(r.Suspects, s.against(o, good, r.Account))
		}
	}
	r.used, r.Used = func() []*offer { return used }, indexes(used)
	s.checkCertificates(r, good, account)
	return r, nil
}

// checkCertificates looks for the certificate of the set that was used and
// checks all of it against the account: its signature, and every commitment.
func (s *Session) checkCertificates(r *Result, good []shamir.Share, account *profile.Account) {
	administrator := account.Private(profile.AdministratorSignature).PublicKey()
	for _, c := range s.certificates {
		switch err := c.Verify(r.Account, administrator); {
		case err != nil:
			r.Notes = append(r.Notes, Note{c.source, reason(err)})
		case r.Certificate == nil && c.KnowsSet(good):
			r.Certificate = c.Certificate
			r.Address = c.Address()
		}
	}
	if p := s.anchor.Profile; p != nil {
		r.Address = p.Address()
	}
}
