package recovery

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"meshkey/internal/secret"
	"meshkey/shamir"
)

// A Repair is what a sheet should say instead of what was read: a proposal,
// which nothing takes until Session.Accept is given it. It prints without
// letters.
type Repair struct {
	Index     int    // of the share
	Source    string // as it was given
	Changes   []Change
	Confirmed AnchorKind // ByCertificate or ByAccount; Unanchored: by check letters alone
	// Instead are repairs of other sheets that give the same account: which
	// sheet is wrong, only the paper can tell. Accept one of them or this.
	Instead []Repair

	share  shamir.Share
	offer  *offer
	broken *broken
}

// String is the repair in a sentence, without letters.
func (r Repair) String() string {
	text := fmt.Sprintf("sheet %d (%s)", r.Index, r.Source)
	for i, c := range r.Changes {
		text += [...]string{": ", "; "}[min(i, 1)] + fmt.Sprint(c)
	}
	return text
}

// Format implements fmt.Formatter: every verb prints the same, without letters.
func (r Repair) Format(f fmt.State, _ rune) { fmt.Fprint(f, r.String()) }

// A Search says how repairs are sought. The zero Search is the quick one, on all
// cores: one slip a sheet, and where a certificate can tell, two wrong letters a
// sheet. It takes a few seconds at most, however many sheets and certificates
// there are: with more than usual, less is tried of each.
type Search struct {
	// Deep seeks two wrong letters without a certificate too, more letters that
	// nobody can read, and all of what a quick search leaves out to stay quick.
	// That can take long.
	Deep bool
	// Workers is the number of goroutines, 0 for one a core.
	Workers int
	// Progress, if not nil, is called now and then from any of them, with how
	// many texts were tried of how many there are.
	Progress func(done, total int64)
}

// Bounds of a search, in texts.
const (
	mostHashes   = 4 << 20  // of one step, by a certificate
	mostKeys     = 40 << 10 // of one step, by the account
	mostDeepKeys = 8 << 20
	mostQuorums  = 64
	mostQuick    = 16 << 20 // of all steps of a quick search by certificates, and of one by the account
)

// Repairs proposes what sheets should say so that the account comes back,
// looking for slips of eyes and fingers: what check letters repair, unreadable
// letters, one wrong letter, neighbours in the wrong order, letters left out or
// typed twice, rows in the wrong order or exchanged between two sheets; and with
// Deep for two wrong letters. Wrong letters may be in the header too.
//
// A repair that the certificate or the account confirms can be accepted. If
// there is none, those are returned that check letters propose. None at all is
// no error; the error is the context's, if that ended the search, or an
// *[AnchorError].
//
// A certificate judges each share by itself. The account judges only Need
// shares together, of which all but one, or all but two, must be right.
func (s *Session) Repairs(ctx context.Context, how Search) ([]Repair, error) {
	if _, _, err := s.target(); err != nil {
		return nil, err
	}
	r := s.repairer(ctx, how)
	defer r.wipe()
	if err := r.byCertificates(); err != nil {
		return nil, err
	}
	if !r.enough() {
		if err := r.byAccount(); err != nil {
			return nil, err
		}
	}
	if len(r.repairs) == 0 {
		r.byCheckLetters()
	}
	for _, p := range r.repairs {
		s.proposed = append(append(s.proposed, p), p.Instead...)
	}
	return r.repairs, nil
}

// Guesses is how many texts Repairs has to try at most.
func (s *Session) Guesses(how Search) int64 {
	if _, _, err := s.target(); err != nil {
		return 0
	}
	r := s.repairer(context.Background(), how)
	defer r.wipe()
	r.planned = true
	_ = r.byCertificates()
	_ = r.byAccount()
	return r.hunt.total.Load()
}

// Accept takes a confirmed repair for what the sheet says. Every repair of
// Repairs can be accepted by itself, and one of those that stand instead of each
// other.
func (s *Session) Accept(r Repair) error {
	switch {
	case r.Confirmed != ByCertificate && r.Confirmed != ByAccount:
		return errors.New("recovery: neither a certificate nor the account confirms this repair")
	case r.share.SecretLen() == 0:
		return errors.New("recovery: the repair was accepted already, or wiped")
	}
	share, err := shamir.ParseShare(r.share.Bytes())
	if err != nil {
		return err
	}
	r.share.Wipe()
	taken := &offer{share: share, source: r.Source, repair: &r}
	if r.offer != nil {
		taken.rows = r.offer.rows
	} else {
		taken.rows = r.broken.rows
	}
	s.broken = slices.DeleteFunc(s.broken, func(b *broken) bool { return b == r.broken })
	s.offers = slices.DeleteFunc(s.offers, func(o *offer) bool { return o == r.offer || o.share.Equal(share) })
	s.offers = append(s.offers, taken)
	return nil
}

// A repairer is one search.
type repairer struct {
	*Session
	Search
	hunt    hunt
	most    int64 // texts, of all steps by certificates, and of those by the account
	planned bool  // count only
	drafts  []*draft
	repairs []Repair
	quorums []*quorum
}

func (s *Session) repairer(ctx context.Context, how Search) *repairer {
	r := &repairer{Session: s, Search: how, drafts: s.drafts()}
	r.hunt.ctx, r.hunt.progress = ctx, how.Progress
	r.most = mostQuick
	if how.Deep {
		r.most = math.MaxInt64
	}
	r.hunt.workers = how.Workers
	if r.hunt.workers < 1 {
		r.hunt.workers = runtime.GOMAXPROCS(0)
	}
	return r
}

func (r *repairer) wipe() {
	for _, d := range r.drafts {
		d.wipe()
	}
	for _, q := range r.quorums {
		q.wipe()
	}
}

// find runs the steps in their order, the jobs of each side by side.
func (r *repairer) find(steps [][]job) ([]fix, error) {
	for _, jobs := range steps {
		r.hunt.plan(jobs)
	}
	if r.planned {
		return nil, nil
	}
	for _, jobs := range steps {
		if found, err := r.hunt.run(jobs); found != nil || err != nil {
			return found, err
		}
	}
	return nil, nil
}

// propose makes a repair of a fix, unless the sheet says that already, and wipes
// the fix.
func (r *repairer) propose(f fix, by AnchorKind) {
	defer secret.Wipe(f.text)
	d := f.d
	share, ok := parse(f.text)
	if !ok {
		return
	}
	if d.offer != nil && d.offer.share.Equal(share) {
		share.Wipe()
		return
	}
	p := Repair{Index: share.Index(), Source: d.source, Confirmed: by, share: share, offer: d.offer, broken: d.broken}
	if f.row > 0 {
		p.Changes = []Change{{Kind: ForeignRow, Row: f.row, With: f.whose}}
	} else {
		p.Changes = d.changesTo(f.text)
	}
	r.repairs = append(r.repairs, p)
	old := d.text
	d.text = slices.Clone(f.text)
	secret.Wipe(old)
	d.share.Wipe()
	d.share, d.whole = parse(d.text)
	d.sure = slices.Repeat([]bool{true}, len(d.text))
}

// changesTo lists the changes to a text, by rows if that is simpler.
func (d *draft) changesTo(text []byte) (out []Change) {
	out = changes(d.typed, text, d.place)
	if len(out) <= 6 || len(d.typed) != len(text) {
		return out
	}
	at := 0
	var rows []Change
	for i, n := range d.sizes() {
		if !slices.Equal(d.typed[at:at+n], text[at:at+n]) {
			rows = append(rows, Change{Kind: ForeignRow, Row: i + 1})
		}
		at += n
	}
	return rows
}

// byCheckLetters proposes what nothing confirms.
func (r *repairer) byCheckLetters() {
	for _, d := range r.drafts {
		if d.changed() && d.whole {
			share, ok := parse(d.text)
			if !ok {
				continue
			}
			r.repairs = append(r.repairs, Repair{
				Index: share.Index(), Source: d.source, Changes: d.changesTo(d.text), Confirmed: Unanchored,
				share: share, offer: d.offer, broken: d.broken,
			})
		}
	}
}
