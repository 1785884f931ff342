package recovery

import (
	"errors"
	"fmt"
	"slices"

	"meshkey/profile"
	"meshkey/record"
	"meshkey/shamir"
	"meshkey/udf"
)

// Bounds of a session.
const (
	maxOffers       = 256
	maxCertificates = 32
)

// A Session gathers shares and certificates, in any order, until an account can
// be recovered. It is not safe for use by several goroutines.
type Session struct {
	anchor Anchor
	kind   AnchorKind      // of the anchor given
	want   udf.Fingerprint // zero if none was

	offers       []*offer
	certificates []*certificate
	broken       []*broken // what could not be read as a share
	notes        []Note
	proposed     []Repair // and not yet accepted
}

// offer is a share that was offered, with the rows it was read from and where
// it came from.
type offer struct {
	share  shamir.Share
	rows   []Row
	source string
	repair *Repair // that made the share, or nil
}

// broken is what could not be read as a share and perhaps was one.
type broken struct {
	Suspect
	rows  []Row
	named bool // as a share: it is a suspect too
}

// unreadable are the broken shares that are suspects.
func (s *Session) unreadable() (out []Suspect) {
	for _, b := range s.broken {
		if b.named {
			out = append(out, b.Suspect)
		}
	}
	return out
}

type certificate struct {
	*record.Certificate
	source string
}

// A Note is something that a person should know about a source, and that did
// not stand in the way.
type Note struct{ Source, Text string }

// Status says what became of a share or certificate.
type Status int

// The statuses.
const (
	Taken       Status = iota // counted
	Repeated                  // was there already
	Conflicting               // there is another share of this number: both are kept, and tried
	Doubtful                  // the set's certificate does not know it; it is kept, and tried
	Foreign                   // a certificate of another account than the one asked for
	Mistyped                  // a row does not fit its check letters; the share is kept, and tried
)

// Accepted says what an item was and what became of it.
type Accepted struct {
	Kind   Kind // Share or Certificate
	Status Status
	Index  int    // of a share
	Row    int    // of a Mistyped share: the first that does not fit, or 0
	Need   int    // that a share or certificate asks for
	Set    string // short name, if a certificate gives it
	Source string

	Progress Progress // after it
}

// Add takes one text: a share, wrapped and labelled in any way, or a
// certificate. source says where it came from, for reports. The error is a
// *TextError for a text that cannot be read, which Recover will mention again,
// and a *KindError for any other text.
func (s *Session) Add(text, source string) (Accepted, error) {
	items := ParseText(text)
	switch len(items) {
	case 0:
		return Accepted{}, &KindError{Kind: Unknown, Line: 1}
	case 1:
		return s.AddItem(items[0], source)
	}
	return Accepted{}, errors.New("recovery: the text holds several shares: add each by itself")
}

// An Outcome is what became of one item of a text.
type Outcome struct {
	Item     Item
	Accepted Accepted // if Err is nil
	Err      error    // as Add returns it
}

// AddText takes every share and certificate in a text; see ParseText. A text
// without any has one outcome, a *KindError.
func (s *Session) AddText(text, source string) []Outcome {
	items := ParseText(text)
	if len(items) == 0 {
		return []Outcome{{Err: &KindError{Kind: Unknown, Line: 1}}}
	}
	outcomes := make([]Outcome, len(items))
	for i, it := range items {
		outcomes[i].Item = it
		outcomes[i].Accepted, outcomes[i].Err = s.AddItem(it, source)
	}
	return outcomes
}

// AddItem takes one item of a text.
func (s *Session) AddItem(it Item, source string) (Accepted, error) {
	switch it.Kind {
	case Share, Stray:
		return s.addShare(it, source)
	case Certificate:
		return s.addCertificate(it, source)
	}
	err := &KindError{it.Kind, it.Line}
	if it.couldBeShare() {
		s.keepBroken(&broken{unreadable(err, it, source), it.Rows, false})
	}
	return Accepted{}, err
}

func (s *Session) keepBroken(b *broken) {
	if len(s.broken) < maxOffers {
		s.broken = append(s.broken, b)
	}
}

func (s *Session) addShare(it Item, source string) (Accepted, error) {
	share, err := it.Share()
	if err != nil {
		s.keepBroken(&broken{unreadable(err, it, source), it.Rows, true})
		return Accepted{}, err
	}
	if len(s.offers) == maxOffers {
		share.Wipe()
		return Accepted{}, fmt.Errorf("recovery: more than %d shares", maxOffers)
	}
	a := Accepted{Kind: Share, Index: share.Index(), Need: share.Need(), Source: source}
	o := &offer{share: share, rows: it.Rows, source: source}
	confirming, doubt := s.judge(o)
	switch {
	case slices.ContainsFunc(s.offers, func(p *offer) bool { return p.share.Equal(share) }):
		a.Status = Repeated
		share.Wipe()
	default:
		if slices.ContainsFunc(s.offers, func(p *offer) bool { return p.contradicts(o) }) {
			a.Status = Conflicting
		}
		s.offers = append(s.offers, o)
	}
	if confirming != nil {
		a.Set = confirming.SetName()
	} else if doubt != nil && a.Status == Taken {
		a.Status, a.Set = Doubtful, doubt.Set
	}
	if row := o.misspelt(); row > 0 && confirming == nil && a.Status == Taken {
		a.Status, a.Row = Mistyped, row
	}
	a.Progress = s.Progress()
	return a, nil
}

// contradicts reports whether two shares cannot both be right, being of one
// number in one set, for all one can see.
func (o *offer) contradicts(p *offer) bool {
	return o.share.Index() == p.share.Index() && o.share.Need() == p.share.Need() &&
		o.share.SecretLen() == p.share.SecretLen() && !o.share.Equal(p.share)
}

func (s *Session) addCertificate(it Item, source string) (Accepted, error) {
	c, err := record.ParseCertificate(it.Text)
	if err != nil {
		s.notes = append(s.notes, Note{source, "the certificate cannot be read"})
		return Accepted{}, &TextError{Kind: Certificate, Line: it.Line, Reason: reason(err)}
	}
	a := Accepted{Kind: Certificate, Need: c.Quorum().Need, Set: c.SetName(), Source: source}
	switch {
	case slices.ContainsFunc(s.certificates, func(d *certificate) bool { return d.Text() == c.Text() }):
		a.Status = Repeated
	case len(s.certificates) == maxCertificates:
		return Accepted{}, fmt.Errorf("recovery: more than %d certificates", maxCertificates)
	default:
		s.certificates = append(s.certificates, &certificate{c, source})
	}
	if !s.relevant(c) {
		a.Status = Foreign
	}
	a.Progress = s.Progress()
	return a, nil
}

// relevant reports whether a certificate can speak for the account asked for,
// as far as the anchor tells.
func (s *Session) relevant(c *record.Certificate) bool {
	if s.kind != Unanchored && !c.Account().Matches(s.want) {
		return false
	}
	if p := s.anchor.Profile; p != nil {
		if administrator := p.Key(profile.AdministratorSignature); administrator != nil {
			return c.Signer().Equal(administrator)
		}
	}
	return true
}

// judge asks the certificates about a share: the one that knows it, or, if
// there are some and none does, what is wrong with the share by the first.
func (s *Session) judge(o *offer) (confirming *certificate, doubt *record.MisfitError) {
	for _, c := range s.certificates {
		if !s.relevant(c.Certificate) {
			continue
		}
		var misfit *record.MisfitError
		if !errors.As(c.Check(o.share), &misfit) {
			return c, nil
		}
		if doubt == nil || doubt.Number == 0 && misfit.Number != 0 {
			doubt = misfit
		}
	}
	return nil, doubt
}

// Format implements fmt.Formatter: every verb prints how far the session is.
func (s Session) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "[recovery: %v]", s.Progress()) }

// Wipe clears the shares. Texts that were given are not reached.
func (s *Session) Wipe() {
	for _, o := range s.offers {
		o.share.Wipe()
	}
	for _, r := range s.proposed {
		r.share.Wipe()
	}
	s.offers, s.broken, s.proposed = nil, nil, nil
}
