package server

import (
	"bytes"
	"context"
	"crypto/sha512"
	"errors"
	"fmt"
	"slices"
	"time"

	"meshkey/group"
	"meshkey/internal/jsonb"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
	"meshkey/mesh"
)

// The tables of requests that wait. A request is known by the group's
// fingerprint, 0, the member's address, 0 and the digest of what he signed.
const (
	tableWaiting store.Table = "waiting"         // request: waitingRow
	tableAsked   store.Table = "waiting-request" // request: what the member signed
	tableVetoed  store.Table = "vetoed"          // request: vetoRow; kept for good
)

// conditionTables are those that conditions need.
var conditionTables = []store.Table{tableWaiting, tableAsked, tableVetoed, tableQuota}

// waitingRow is a request that waits, or waited.
type waitingRow struct {
	jsonb.Rest
	Since     mesh.DateTime  `jsonb:"Since"`
	Expires   mesh.DateTime  `jsonb:"Expires"`
	Answered  int64          `jsonb:"Answered"` // 1 if it was
	Approvals []*approvalRow `jsonb:"Approvals"`
}

// approvalRow is who approved, by which key.
type approvalRow struct {
	jsonb.Rest
	Address string        `jsonb:"Address"`
	Key     string        `jsonb:"Key"` // fingerprint
	Time    mesh.DateTime `jsonb:"Time"`
}

// vetoRow is who vetoed.
type vetoRow struct {
	jsonb.Rest
	Address string        `jsonb:"Address"`
	Key     string        `jsonb:"Key"`
	Time    mesh.DateTime `jsonb:"Time"`
}

// A place is that of a request among those that wait.
type place struct {
	group   string // fingerprint
	grantee string
	digest  []byte
}

func (p place) key() []byte { return under(p.group, p.grantee, string(p.digest)) }

// parsePlace reads the key of a place in the group.
func parsePlace(group string, key []byte) (p place, ok bool) {
	rest, ok := bytes.CutPrefix(key, under(group, ""))
	if !ok || len(rest) < sha512.Size+2 || rest[len(rest)-sha512.Size-1] != 0 {
		return p, false
	}
	n := len(rest) - sha512.Size
	return place{group, string(rest[:n-1]), rest[n:]}, true
}

// waiting is a waitingRow as it is used.
type waiting struct {
	since, expires time.Time // whole seconds
	answered       bool
	approvals      []*approvalRow
}

// waiting reads a request that waits, nil if there is none or if it has expired.
func (p place) waiting(r store.Reader, now time.Time) (*waiting, error) {
	var row waitingRow
	ok, err := getRow(r, tableWaiting, p.key(), &row)
	if err != nil || !ok {
		return nil, err
	}
	w, err := row.parse()
	if err != nil || now.After(w.expires) {
		return nil, err
	}
	return w, nil
}

func (row *waitingRow) parse() (*waiting, error) {
	w := &waiting{answered: row.Answered != 0, approvals: row.Approvals}
	var err error
	if w.since, err = row.Since.Time(); err == nil {
		w.expires, err = row.Expires.Time()
	}
	if err == nil && (mesh.NewDateTime(w.since) != row.Since || mesh.NewDateTime(w.expires) != row.Expires) {
		err = errors.New("no whole seconds in UTC")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: table %s: %w", errDamaged, tableWaiting, err)
	}
	return w, nil
}

// put writes it.
func (w *waiting) put(p place) edit {
	row := &waitingRow{Since: mesh.NewDateTime(w.since), Expires: mesh.NewDateTime(w.expires), Approvals: w.approvals}
	if w.answered {
		row.Answered = 1
	}
	b, err := rowSchema().Marshal(row, jsonb.JSON)
	if err != nil {
		panic("server: " + err.Error()) // nothing in it can fail
	}
	return edit{tableWaiting, p.key(), b}
}

// approvedBy tells whether somebody approved, by the key that he still has.
func (w *waiting) approvedBy(p *group.Member) bool {
	return slices.ContainsFunc(w.approvals, func(a *approvalRow) bool { return a.Address == p.Address && named(p.Signature, a.Key) })
}

// forget deletes a request that waits.
func (p place) forget() []edit {
	return []edit{{tableWaiting, p.key(), nil}, {tableAsked, p.key(), nil}}
}

// begin puts a request among those that wait.
func (a *ask) begin(r store.Reader, approvers []group.Member) ([]edit, *api.Error, error) {
	edits, no, err := a.makeRoom(r)
	if err != nil || no != nil {
		return nil, no, err
	}
	w := &waiting{since: wholeSecond(a.now)}
	w.expires = w.since.Add(a.conditions.Delay + a.waits.For)
	edits = append(edits, w.put(a.place), edit{tableAsked, a.place.key(), a.Bytes()})
	return edits, a.missing(w, approvers), nil
}

// wholeSecond is the next one, so that a delay is never shorter.
func wholeSecond(t time.Time) time.Time { return t.Add(time.Second - 1).Truncate(time.Second).UTC() }

// adjust follows conditions that were changed, and a clock that was wrong: who
// began to wait in the future begins now. It tells whether anything changed.
func (a *ask) adjust(w *waiting) bool {
	old := *w
	if now := wholeSecond(a.now); w.since.After(now.Add(clocks)) {
		w.since = now
	}
	w.expires = w.since.Add(a.conditions.Delay + a.waits.For)
	return !w.since.Equal(old.since) || !w.expires.Equal(old.expires)
}

// clocks is how much those of several services may differ.
const clocks = time.Minute

// makeRoom deletes what has expired of the member's requests, and those that
// were answered first where there are too many. It refuses if too many wait.
func (a *ask) makeRoom(r store.Reader) ([]edit, *api.Error, error) {
	all, err := scanWaiting(r, a.place.group, under(a.place.group, a.place.grantee, ""), nil, nil)
	if err != nil {
		return nil, nil, err
	}
	var edits []edit
	var answered []entry
	open := 0
	for _, e := range all {
		switch {
		case a.now.After(e.expires):
			edits = append(edits, e.forget()...)
		case e.answered:
			answered = append(answered, e)
		default:
			open++
		}
	}
	if open >= a.waits.Requests {
		return nil, api.ErrTooMany.Because(fmt.Sprintf("%d requests of %s wait already", open, a.place.grantee)), nil
	}
	slices.SortStableFunc(answered, func(x, y entry) int { return x.since.Compare(y.since) })
	for len(answered) >= a.waits.Requests {
		edits = append(edits, answered[0].forget()...)
		answered = answered[1:]
	}
	return edits, nil, nil
}

// An entry is a request that waits, and its place.
type entry struct {
	place
	*waiting
}

// scanWaiting reads the requests whose keys begin with prefix and come after the
// key after, until enough says so.
func scanWaiting(r store.Reader, group string, prefix, after []byte, enough func(entry) bool) (all []entry, err error) {
	scanned := r.Scan(tableWaiting, prefix, after, func(key, value []byte) bool {
		var row waitingRow
		e := entry{}
		ok := false
		if e.place, ok = parsePlace(group, key); !ok {
			err = fmt.Errorf("%w: table %s", errDamaged, tableWaiting)
			return false
		}
		if err = readRow(tableWaiting, value, &row); err != nil {
			return false
		}
		if e.waiting, err = row.parse(); err != nil {
			return false
		}
		all = append(all, e)
		return enough == nil || !enough(e)
	})
	return all, errors.Join(scanned, err)
}

// veto reads who vetoed a request, nil if nobody did.
func (p place) veto(r store.Reader) (*vetoRow, error) {
	v := &vetoRow{}
	ok, err := getRow(r, tableVetoed, p.key(), v)
	if err != nil || !ok {
		return nil, err
	}
	return v, nil
}

// vetoed is the refusal for a veto.
func vetoed(v *vetoRow) *api.Error {
	if v == nil {
		return nil
	}
	return api.ErrVetoed.Because(fmt.Sprintf("%s, %s", v.Address, v.Time))
}

// putVeto keeps a veto.
func putVeto(p place, v *vetoRow) edit {
	b, err := rowSchema().Marshal(v, jsonb.JSON)
	if err != nil {
		panic("server: " + err.Error()) // nothing in it can fail
	}
	return edit{tableVetoed, p.key(), b}
}

// pruneWaiting deletes requests that have expired, and counts those that wait.
func (s *Server) pruneWaiting(ctx context.Context) error {
	var after []byte
	waiting := int64(0)
	for ctx.Err() == nil {
		now := s.config.Now()
		var old [][]byte
		var n, open int
		from := after
		err := s.config.Store.View(ctx, func(r store.Reader) error {
			old, n, open = nil, 0, 0
			return r.Scan(tableWaiting, nil, from, func(key, value []byte) bool {
				switch w := readWaiting(value); {
				case w.expired(now):
					old = append(old, key)
				case w != nil && !w.answered:
					open++
				}
				n, after = n+1, key
				return n < pruneBatch
			})
		})
		if err != nil {
			return err
		}
		waiting += int64(open)
		if len(old) > 0 {
			err = s.committer.Update(ctx, func(w store.Writer) error {
				for _, key := range old {
					value, err := w.Get(tableWaiting, key)
					if err != nil {
						return err
					}
					if !readWaiting(value).expired(now) {
						continue // it was asked again
					}
					if err := carryOut(w, []edit{{tableWaiting, key, nil}, {tableAsked, key, nil}}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		if n < pruneBatch {
			s.meter.waiting.Store(waiting)
			return nil
		}
	}
	return nil
}

// readWaiting reads a waitingRow, nil if it is gone or cannot be read.
func readWaiting(value []byte) *waiting {
	var row waitingRow
	if value == nil || rowSchema().Unmarshal(value, &row) != nil {
		return nil
	}
	w, err := row.parse()
	if err != nil {
		return nil
	}
	return w
}

// expired tells whether a request has. One that cannot be read is kept, for people
// to look at.
func (w *waiting) expired(now time.Time) bool { return w != nil && now.After(w.expires) }
