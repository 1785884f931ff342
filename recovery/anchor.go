package recovery

import (
	"errors"
	"fmt"

	"meshkey/profile"
	"meshkey/record"
	"meshkey/udf"
)

// An Anchor is what the recovered account is compared with. Everything that is
// given must be of one account. With nothing given, a certificate that comes
// with the sheets is the anchor.
type Anchor struct {
	Account     udf.Fingerprint     // that the person has kept: 20 letters or more
	Profile     *profile.Profile    // of the account
	Certificate *record.Certificate // that the person trusts
	// Unverified says aloud that a seed will do without any anchor, if all the
	// shares agree on it and it is one.
	Unverified bool
}

// AnchorKind names the anchor that a recovery was held to. It does not change.
type AnchorKind string

// The kinds of anchor. A BySheet one guards against slips and not against
// forged sheets.
const (
	ByAccount     AnchorKind = "account"
	ByProfile     AnchorKind = "profile"
	ByCertificate AnchorKind = "certificate"
	BySheet       AnchorKind = "sheet"
	Unanchored    AnchorKind = "none"
)

// An AnchorError says that there is nothing to compare the account with, or
// that the certificates on the sheets are of several accounts, which it lists.
type AnchorError struct{ Accounts []udf.Fingerprint }

// Error implements error.
func (e *AnchorError) Error() string {
	if len(e.Accounts) == 0 {
		return "recovery: nothing says which account is to be recovered"
	}
	return fmt.Sprintf("recovery: the sheets are of %d accounts: which one is to be recovered?", len(e.Accounts))
}

// New begins a recovery. It fails if the anchor is of several accounts, a
// profile of no account, or a fingerprint too short to tell one account from
// another; two wrong letters in a share leave six million candidates to choose
// from.
func New(a Anchor) (*Session, error) {
	s := &Session{anchor: a, kind: Unanchored}
	if f := a.Account; !f.IsZero() {
		switch {
		case f.Bits() < udf.MinBits:
			return nil, fmt.Errorf("recovery: a fingerprint of %d letters is too short: 20 are needed", f.Letters())
		case f.Type() < udf.TypeSHA2 || !f.Type().IsDigest():
			return nil, errors.New("recovery: not the fingerprint of an account: that begins with M")
		}
		s.hold(ByAccount, f)
	}
	if p := a.Profile; p != nil {
		if !p.IsAccount() {
			return nil, errors.New("recovery: the profile is not an account's")
		}
		if !s.hold(ByProfile, p.Fingerprint()) {
			return nil, errors.New("recovery: the profile is of another account than the fingerprint")
		}
	}
	if c := a.Certificate; c != nil {
		if !s.hold(ByCertificate, c.Account()) {
			return nil, errors.New("recovery: the certificate is of another account than the rest")
		}
		s.certificates = append(s.certificates, &certificate{Certificate: c, source: "the certificate given"})
	}
	return s, nil
}

// hold adds f to what the account is compared with and reports whether it is of
// the same account as what was there. The fullest fingerprint stands.
func (s *Session) hold(kind AnchorKind, f udf.Fingerprint) bool {
	if s.kind == Unanchored {
		s.kind, s.want = kind, f
		return true
	}
	if !f.Matches(s.want) {
		return false
	}
	if f.Bits() > s.want.Bits() {
		s.want = f
	}
	return true
}

// target is the account to be recovered and the kind of anchor; without an
// anchor the fingerprint is zero.
func (s *Session) target() (udf.Fingerprint, AnchorKind, error) {
	if s.kind != Unanchored {
		return s.want, s.kind, nil
	}
	var accounts []udf.Fingerprint
	for _, c := range s.certificates {
		known := false
		for _, f := range accounts {
			known = known || f.Matches(c.Account())
		}
		if !known {
			accounts = append(accounts, c.Account())
		}
	}
	switch {
	case len(accounts) == 1:
		return accounts[0], BySheet, nil
	case len(accounts) == 0 && s.anchor.Unverified:
		return udf.Fingerprint{}, Unanchored, nil
	}
	return udf.Fingerprint{}, Unanchored, &AnchorError{accounts}
}
