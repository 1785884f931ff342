package server

import (
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/binary"
	"errors"

	"meshkey/internal/dare"
	"meshkey/internal/jsonb"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
	"meshkey/mesh"
)

// containerRow is how far a container has come.
type containerRow struct {
	jsonb.Rest
	Index  int64  `jsonb:"Index"`  // number of envelopes
	Digest []byte `jsonb:"Digest"` // chained, of all of them
	Octets int64  `jsonb:"Octets"`
}

// Bounds of containers.
const (
	maxContainers = 64
	maxEnvelopes  = 256       // in one call
	maxEnvelope   = 512 << 10 // octets
	maxAnswer     = 2 << 20   // octets of envelopes in one answer

	// entryCost is what an envelope takes of the quota beside its octets.
	entryCost = 256
)

// containerName tells whether a text can name a container.
func containerName(s string) bool {
	for _, c := range s {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_') {
			return false
		}
	}
	return len(s) >= 1 && len(s) <= 64
}

// entryKey is where an envelope of a container is.
func entryKey(address, container string, index int64) []byte {
	return binary.BigEndian.AppendUint64(under(address, container, ""), uint64(index))
}

// containers are the rows of an account's containers, by name.
func containers(r store.Reader, address string) (names []string, rows []*containerRow, err error) {
	prefix := under(address, "")
	keys, values, err := scan(r, containerTable, prefix)
	if err != nil {
		return nil, nil, err
	}
	for i, value := range values {
		row := &containerRow{}
		if err := readRow(containerTable, value, row); err != nil {
			return nil, nil, err
		}
		names, rows = append(names, string(keys[i][len(prefix):])), append(rows, row)
	}
	return names, rows, nil
}

// extend appends envelopes to containers of the caller's account, all or none.
// Where they are to stand the caller says by the number and the chained digest of
// those before, so that nothing comes twice or between.
func (j *job) extend(r *api.TransferRequest) (*plan, error) {
	if j.caller.account != r.AccountAddress || j.caller.role != owner && j.caller.role != administrator && j.caller.role != device {
		return nil, api.ErrDenied
	}
	n := 0
	for _, u := range r.Updates {
		if !containerName(u.Container) {
			return nil, api.ErrMalformed.Because("the name of a container has 1 to 64 letters, digits and low lines")
		}
		for _, e := range u.Envelopes {
			if n++; n > maxEnvelopes || len(e) > maxEnvelope {
				return nil, api.ErrTooLarge
			}
			if _, err := dare.Parse(e); err != nil {
				return nil, malformed(err)
			}
		}
	}
	if n == 0 {
		return nil, api.ErrMalformed.Because("no envelopes")
	}
	return &plan{apply: func(w store.Writer) (api.Response, error) {
		names, rows, err := containers(w, r.AccountAddress)
		if err != nil {
			return nil, err
		}
		all := map[string]*containerRow{}
		octets := int64(0)
		for i, name := range names {
			all[name] = rows[i]
			octets += rows[i].Octets
		}
		// What can be refused is refused before anything is written.
		for _, u := range r.Updates {
			row := all[u.Container]
			if row == nil {
				row = &containerRow{}
				all[u.Container] = row
			}
			if u.Index != row.Index || !bytes.Equal(u.Digest, row.Digest) {
				return nil, api.ErrStale.Because("the container is not as the caller has it")
			}
			for _, e := range u.Envelopes {
				row.Index, row.Digest, row.Octets = row.Index+1, api.ChainDigest(row.Digest, e), row.Octets+int64(len(e))+entryCost
				octets += int64(len(e)) + entryCost
			}
		}
		if octets > j.server.config.Accounts.Octets || len(all) > maxContainers {
			return nil, api.ErrQuota.Because("the account's containers are full")
		}
		for _, u := range r.Updates {
			if err := appendEntries(w, r.AccountAddress, u); err != nil {
				return nil, err
			}
		}
		for _, u := range r.Updates {
			if err := putRow(w, containerTable, under(r.AccountAddress, u.Container), all[u.Container]); err != nil {
				return nil, err
			}
		}
		return done(&api.TransferResponse{}), nil
	}}, nil
}

// appendEntries writes envelopes, each behind the digest of those before it.
func appendEntries(w store.Writer, address string, u *api.ContainerUpdate) error {
	digest := u.Digest
	for i, e := range u.Envelopes {
		value := make([]byte, sha512.Size, sha512.Size+len(e))
		copy(value, digest)
		if err := w.Put(entryTable, entryKey(address, u.Container, u.Index+int64(i)), append(value, e...)); err != nil {
			return err
		}
		digest = api.ChainDigest(digest, e)
	}
	return nil
}

// getter finds who asks for an account: who belongs to the group that it is, or
// anybody who is known here.
func (j *job) getter() (*caller, error) {
	c, err := j.party(j.request.(*api.GetRequest).AccountAddress)
	if errors.Is(err, errUnknown) {
		return j.holder()
	}
	return c, err
}

// get gives an account's profile to all who are known here, the newest record of
// a group to those who belong to it, and its containers to the account's own.
func (j *job) get() (*plan, error) {
	r := j.request.(*api.GetRequest)
	// A group's members have the addresses that its administrators wrote down for
	// them, and one might be the group's own.
	own := j.caller.account == r.AccountAddress && j.caller.role != member && j.caller.role != deputy
	if len(r.Select) > 0 && !own {
		return nil, api.ErrDenied
	}
	if len(r.Select) > maxContainers {
		return nil, api.ErrTooLarge
	}
	return &plan{apply: func(w store.Writer) (api.Response, error) {
		a, err := liveAccount(w, r.AccountAddress)
		if err != nil {
			return nil, err
		}
		if a == nil {
			return nil, api.ErrUnknown
		}
		answer := done(&api.GetResponse{EnvelopedProfileAccount: a.profile.Bytes()})
		if j.group != nil && (own || j.caller.role == member || j.caller.role == deputy) {
			if err := j.group.still(w); err != nil {
				return nil, err
			}
			u := &api.ContainerUpdate{Envelopes: []mesh.Envelope{j.group.custody.Group().Bytes()}}
			u.Container = containerAccess
			answer.Updates = append(answer.Updates, u)
		}
		left := maxAnswer
		for _, s := range r.Select {
			u, err := entries(w, r.AccountAddress, s, &left)
			if err != nil {
				return nil, err
			}
			answer.Updates = append(answer.Updates, u)
		}
		return answer, nil
	}}, nil
}

// entries reads a range of a container, as much of it as is left to say.
func entries(r store.Reader, address string, s *api.ConstraintsSelect, left *int) (*api.ContainerUpdate, error) {
	u := &api.ContainerUpdate{ContainerStatus: api.ContainerStatus{Container: s.Container, Index: s.IndexMin}}
	var row containerRow
	if _, err := getRow(r, containerTable, under(address, s.Container), &row); err != nil {
		return nil, err
	}
	if !containerName(s.Container) || s.IndexMin < 0 || s.IndexMin > row.Index {
		return nil, api.ErrMalformed.Because("the container has no such range")
	}
	if s.IndexMin == row.Index { // nothing new
		u.Digest = row.Digest
		return u, nil
	}
	var after []byte
	if s.IndexMin > 0 {
		after = entryKey(address, s.Container, s.IndexMin-1)
	}
	bad := false
	err := r.Scan(entryTable, under(address, s.Container, ""), after, func(key, value []byte) bool {
		if bad = len(value) < sha512.Size || !bytes.Equal(key, entryKey(address, s.Container, u.Index+int64(len(u.Envelopes)))); bad {
			return false
		}
		e := value[sha512.Size:]
		next := u.Index + int64(len(u.Envelopes))
		if len(u.Envelopes) == 0 && next > 0 {
			u.Digest = value[:sha512.Size]
		}
		// There is room for one, so that who asks gets on.
		if s.IndexMax > 0 && next >= s.IndexMax || *left < len(e) && *left < maxAnswer {
			return false
		}
		u.Envelopes = append(u.Envelopes, e)
		*left -= len(e)
		return true
	})
	if err == nil && bad {
		err = errDamaged
	}
	return u, err
}

// deleteContainers deletes all containers of an account. Of more than a few
// envelopes nothing can be read any more, and the housekeeper deletes them.
func deleteContainers(w store.Writer, address string) error {
	_, rows, err := containers(w, address)
	if err != nil {
		return err
	}
	n := int64(0)
	for _, row := range rows {
		n += row.Index
	}
	if n > pruneBatch {
		err = w.Put(garbageTable, under(address), []byte{1})
	} else {
		err = deleteAll(w, entryTable, under(address, ""))
	}
	if err != nil {
		return err
	}
	return deleteAll(w, containerTable, under(address, ""))
}

// purge deletes what deleted accounts have left.
func (s *Server) purge(ctx context.Context) error {
	var addresses [][]byte
	err := s.config.Store.View(ctx, func(r store.Reader) (err error) {
		addresses, _, err = scan(r, garbageTable, nil)
		return err
	})
	for _, address := range addresses {
		for more := true; more && err == nil; {
			err = s.committer.Update(ctx, func(w store.Writer) (err error) {
				more, err = purgeSome(w, string(address))
				return err
			})
		}
	}
	return err
}

// purgeSome deletes some envelopes of an account, and tells whether there are
// more.
func purgeSome(w store.Writer, address string) (more bool, err error) {
	var keys [][]byte
	err = w.Scan(entryTable, under(address, ""), nil, func(key, _ []byte) bool {
		keys = append(keys, key)
		return len(keys) < pruneBatch
	})
	for _, key := range keys {
		if err == nil {
			err = w.Delete(entryTable, key)
		}
	}
	if err == nil && len(keys) < pruneBatch {
		err = w.Delete(garbageTable, under(address))
	}
	return len(keys) == pruneBatch, err
}

// status tells the caller what there is in his account.
func (j *job) status() (*plan, error) {
	address := j.request.(*api.StatusRequest).AccountAddress
	if j.caller.account != address {
		return nil, api.ErrDenied
	}
	return &plan{apply: func(w store.Writer) (api.Response, error) {
		answer := done(&api.StatusResponse{EnvelopedProfileAccount: j.caller.profile.Bytes(), Quota: j.server.config.Accounts.Octets})
		names, rows, err := containers(w, address)
		if err != nil {
			return nil, err
		}
		for i, row := range rows {
			answer.Octets += row.Octets
			answer.ContainerStatus = append(answer.ContainerStatus, &api.ContainerStatus{Container: names[i], Index: row.Index, Digest: row.Digest})
		}
		all, _, err := devices(w, address)
		if err != nil {
			return nil, err
		}
		for _, d := range all {
			answer.Devices = append(answer.Devices, &api.DeviceStatus{DeviceUdf: d.Device, Name: d.Name, Added: d.Added, EnvelopedConnectionDevice: d.Connection})
		}
		waiting, _, err := requests(w, address, j.now)
		for _, row := range waiting {
			if row.Answer == nil {
				answer.Pending++
			}
		}
		return answer, err
	}}, nil
}
