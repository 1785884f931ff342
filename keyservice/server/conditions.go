package server

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"meshkey/group"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
)

// An ask is a member's request where conditions hold for what he asks for.
type ask struct {
	*group.Request
	group      *group.Group
	conditions group.Conditions
	place      place
	waits      Waits
	now        time.Time
}

// Waits bounds what waits for approval, or for its delay to pass.
type Waits struct {
	Requests int           // of one member that wait at once; 32 if 0
	For      time.Duration // that a request can be approved and answered, after its delay; 7 days if 0
}

// An edit is a change of one entry of the store; without a value it is deleted.
type edit struct {
	table      store.Table
	key, value []byte
}

// carryOut makes the changes.
func carryOut(w store.Writer, edits []edit) error {
	for _, e := range edits {
		var err error
		if e.value == nil {
			err = w.Delete(e.table, e.key)
		} else {
			err = w.Put(e.table, e.key, e.value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// noted is a refusal whose changes are kept.
type noted struct{ no *api.Error }

// Error implements error.
func (n noted) Error() string { return n.no.Error() }

// Unwrap returns the refusal.
func (n noted) Unwrap() error { return n.no }

// ask returns the ask that a request is, nil if no conditions hold for
// the member. The caller's still sees to it that the transaction decides by the
// record that the store then has.
func (j *job) ask(g *group.Group, r *group.Request) *ask {
	c := g.Conditions(r.Grantee())
	if c.IsZero() {
		return nil
	}
	d := r.Digest()
	return &ask{r, g, c, place{g.Fingerprint().String(), r.Grantee(), d[:]}, j.server.config.Waits, j.now}
}

// admit decides within the transaction whether the request is answered now.
func (a *ask) admit(w store.Writer) error {
	edits, no, err := a.decide(w)
	if err != nil {
		return err
	}
	if err := carryOut(w, edits); err != nil {
		return err
	}
	switch {
	case no == nil:
		return nil
	case len(edits) == 0:
		return no
	}
	return noted{no}
}

// decide finds out whether the request is answered now, and what is to be
// changed for it, in either case.
//
// A request that waited is answered as often as it is asked until it expires,
// and counted once: who lost the answer need not find approvers again, and what
// he gets is what he has been given already. Each time it is decided anew, by
// the conditions as they then are, whether he gets it.
func (a *ask) decide(r store.Reader) ([]edit, *api.Error, error) {
	if v, err := a.place.veto(r); err != nil || v != nil {
		return nil, vetoed(v), err
	}
	for key, n := range counts(a.group, a.Request) {
		if most := a.conditions.PerDay; most > 0 && n > most {
			return nil, api.ErrQuota.Because(fmt.Sprintf("%d envelopes of the key %s at once, and %d are answered for in a day", n, key, most)), nil
		}
	}
	if a.conditions.Delay == 0 && a.conditions.Need == 0 {
		return a.spend(r)
	}
	approvers := a.group.Approvers(a.place.grantee)
	if len(approvers) < a.conditions.Need {
		return nil, api.ErrDenied.Because("more have to approve than can, until the group's conditions are set anew"), nil
	}
	w, err := a.place.waiting(r, a.now)
	if err != nil {
		return nil, nil, err
	}
	if w == nil {
		return a.begin(r, approvers)
	}
	var edits []edit
	if a.adjust(w) {
		edits = []edit{w.put(a.place)}
	}
	if no := a.missing(w, approvers); no != nil || w.answered {
		return edits, no, nil
	}
	spent, no, err := a.spend(r)
	if err != nil || no != nil {
		return edits, no, err
	}
	w.answered = true
	return append(spent, w.put(a.place)), nil, nil
}

// missing says why a request still waits, nil if it does not.
func (a *ask) missing(w *waiting, approvers []group.Member) *api.Error {
	var why []string
	var after time.Duration
	if a.conditions.Need > 0 {
		done := 0
		var open []string
		for _, p := range approvers {
			if w.approvedBy(&p) {
				done++
			} else {
				open = append(open, p.Address)
			}
		}
		if left := a.conditions.Need - done; left > 0 {
			why = append(why, fmt.Sprintf("%d of these have to approve: %s", left, strings.Join(open, ", ")))
		}
	}
	if until := w.since.Add(a.conditions.Delay); a.conditions.Delay > 0 && a.now.Before(until) {
		after = until.Sub(a.now)
		why = append(why, "not before "+until.Format(time.RFC3339))
	}
	if why == nil {
		return nil
	}
	no := api.ErrWaiting.Because(strings.Join(why, "; "))
	no.RetryAfter = after
	return no
}

// counts is how many envelopes of each of the group's keys are asked for, by the
// fingerprints as the service writes them: a request may write them otherwise.
func counts(g *group.Group, r *group.Request) map[string]int {
	out := map[string]int{}
	for _, i := range r.Items() {
		if name := g.KeyName(i.Key); name != "" {
			out[name]++
		}
	}
	return out
}

// spend counts the operations of the day.
func (a *ask) spend(r store.Reader) ([]edit, *api.Error, error) {
	if a.conditions.PerDay == 0 {
		return nil, nil, nil
	}
	counts := counts(a.group, a.Request)
	var edits []edit
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		at := under(a.place.group, a.place.grantee, key)
		value, err := r.Get(tableQuota, at)
		if err != nil {
			return nil, nil, err
		}
		used := parseUsage(value).on(a.now)
		used.count += uint64(counts[key])
		if used.count > uint64(a.conditions.PerDay) {
			no := api.ErrQuota.Because(fmt.Sprintf("%d envelopes of the key %s are answered for in a day", a.conditions.PerDay, key))
			no.RetryAfter = used.rest(a.now)
			return nil, no, nil
		}
		edits = append(edits, edit{tableQuota, at, used.bytes()})
	}
	return edits, nil, nil
}
