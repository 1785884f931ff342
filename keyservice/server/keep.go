package server

import (
	"errors"
	"slices"

	"meshkey/group"
	"meshkey/internal/secret"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
)

// containerAccess is the container of a group's account that takes its record
// and the service's halves.
const containerAccess = "MMM_Access"

// transferrer finds who puts something into the containers of an account.
func (j *job) transferrer() (*caller, error) {
	r := j.request.(*api.TransferRequest)
	if keeps(r) {
		return j.keeper(r.AccountAddress)
	}
	return j.holder()
}

// transfer puts it there.
func (j *job) transfer() (*plan, error) {
	r := j.request.(*api.TransferRequest)
	if keeps(r) {
		return j.keep(r)
	}
	return j.extend(r)
}

// keeps tells whether a transfer is that of a group's record.
func keeps(r *api.TransferRequest) bool {
	return slices.ContainsFunc(r.Updates, func(u *api.ContainerUpdate) bool { return u.Container == containerAccess })
}

// keeper finds who may put a group's record: whoever has its administrator key,
// and the administrators whom its newest record appoints.
func (j *job) keeper(address string) (*caller, error) {
	if j.call.Account != address {
		return j.party(address)
	}
	if _, err := j.take(address); err != nil {
		return nil, err
	}
	return j.holder()
}

// keep puts a group's record and the halves that came with it in place of those
// that were there: all of it or nothing, and only forward.
func (j *job) keep(r *api.TransferRequest) (*plan, error) {
	if j.caller.role != administrator && j.caller.role != deputy {
		return nil, api.ErrDenied
	}
	if len(r.Updates) != 1 || len(r.Updates[0].Envelopes) == 0 {
		return nil, api.ErrMalformed.Because("a group's record is put alone, with its halves behind it")
	}
	record := []byte(r.Updates[0].Envelopes[0])
	var halves [][]byte
	for _, e := range r.Updates[0].Envelopes[1:] {
		halves = append(halves, e)
	}
	var old *group.Custody
	var was []byte
	if j.group != nil {
		old, was = j.group.custody, j.group.head
	}
	next, err := j.keys.identity.TakeCustody(old, record, halves...)
	if err != nil {
		return nil, malformed(err)
	}
	defer next.Wipe()
	g := next.Group()
	if g.Address() != r.AccountAddress || j.caller.role == administrator && !g.Fingerprint().Matches(j.caller.profile.Fingerprint()) {
		return nil, api.ErrMalformed.Because("the record is another group's than the account")
	}
	change := j.deposit(old, next)
	response := &api.TransferResponse{}
	response.Status = api.StatusDone
	return &plan{response: response, apply: func(w store.Writer) (api.Response, error) {
		if err := unchanged(w, tableGroups, []byte(r.AccountAddress), was); err != nil {
			return nil, err
		}
		if old != nil {
			if err := forgetWaiting(w, old.Group(), g); err != nil {
				return nil, err
			}
		}
		return nil, change.put(w, r.AccountAddress, headOf(g, record), record)
	}}, nil
}

// A deposit is what a new record changes of a group's halves.
type deposit struct {
	fingerprint string
	fresh       map[string][]byte // by place, sealed
	gone        []string          // places
}

// deposit seals the halves that came, and lists those that go.
func (j *job) deposit(old, next *group.Custody) *deposit {
	d := &deposit{fingerprint: next.Group().Fingerprint().String(), fresh: map[string][]byte{}}
	for place, half := range next.Halves() {
		scalar := half.Bytes()
		d.fresh[place] = j.keys.vault.sealHalf(d.fingerprint, place, half.PublicKey().Bytes(), scalar)
		secret.Wipe(scalar)
	}
	if old != nil {
		stay := map[string]bool{}
		for place := range next.Places() {
			stay[place] = true
		}
		for place := range old.Places() {
			if !stay[place] {
				d.gone = append(d.gone, place)
			}
		}
	}
	return d
}

// put makes the changes.
func (d *deposit) put(w store.Writer, address string, head, record []byte) error {
	for _, place := range d.gone {
		if err := w.Delete(tableHalves, halfKey(d.fingerprint, place)); err != nil {
			return err
		}
	}
	for place, entry := range d.fresh {
		if err := w.Put(tableHalves, halfKey(d.fingerprint, place), entry); err != nil {
			return err
		}
	}
	if err := deleteAll(w, tableRecords, []byte(d.fingerprint+"\x00")); err != nil {
		return err
	}
	i := 0
	for piece := range slices.Chunk(record, pieceLen) {
		if err := w.Put(tableRecords, pieceKey(d.fingerprint, i), piece); err != nil {
			return err
		}
		i++
	}
	return w.Put(tableGroups, []byte(address), head)
}

// deleteAll deletes the entries whose keys begin with prefix.
func deleteAll(w store.Writer, t store.Table, prefix []byte) error {
	var keys [][]byte
	err := w.Scan(t, prefix, nil, func(key, _ []byte) bool {
		keys = append(keys, key)
		return true
	})
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := w.Delete(t, key); err != nil {
			return err
		}
	}
	return nil
}

// forgetGroup deletes the group with an address, its record and its halves, as a
// part of a transaction: what follows the deletion of its account.
func forgetGroup(w store.Writer, address string) error {
	head, err := w.Get(tableGroups, []byte(address))
	if err != nil || head == nil {
		return err
	}
	prefix := append(head[headLen:], 0)
	for _, t := range conditionTables {
		if err := deleteAll(w, t, prefix); err != nil {
			return err
		}
	}
	return errors.Join(
		w.Delete(tableGroups, []byte(address)),
		deleteAll(w, tableRecords, prefix),
		deleteAll(w, tableHalves, prefix),
	)
}
