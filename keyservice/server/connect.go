package server

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"meshkey/internal/jsonb"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/udf"
)

// connectRow is a device's request to be connected, and the answer.
type connectRow struct {
	jsonb.Rest
	Device   string        `jsonb:"DeviceUdf"`
	Request  jsonb.Raw     `jsonb:"EnvelopedRequestConnection"`
	From     []byte        `jsonb:"From"` // who sent it: see sender
	Received mesh.DateTime `jsonb:"Received"`
	Expires  mesh.DateTime `jsonb:"Expires"`
	Answer   jsonb.Raw     `jsonb:"EnvelopedRespondConnection"`
}

// maxConnection bounds a request and an answer, in octets.
const maxConnection = 64 << 10

// poll is when a device that waits should ask again.
const poll = 5 * time.Second

// requestKey is where the request of a name waits.
func requestKey(address string, name udf.Fingerprint) []byte {
	return under(address, name.Text(udf.LocatorBits))
}

// over tells whether a request is to be forgotten.
func (row *connectRow) over(now time.Time) bool {
	expires, err := row.Expires.Time()
	return err != nil || !now.Before(expires)
}

// A request is a row and its key.
type request struct {
	*connectRow
	key []byte
}

// requests returns an account's requests that are not out of date, the oldest
// first, and the keys of those that are.
func requests(r store.Reader, address string, now time.Time) (rows []request, old [][]byte, err error) {
	keys, values, err := scan(r, connectTable, under(address, ""))
	if err != nil {
		return nil, nil, err
	}
	for i, value := range values {
		row := &connectRow{}
		if err := readRow(connectTable, value, row); err != nil {
			return nil, nil, err
		}
		if row.over(now) {
			old = append(old, keys[i])
		} else {
			rows = append(rows, request{row, keys[i]})
		}
	}
	slices.SortStableFunc(rows, func(a, b request) int { return strings.Compare(string(a.Received), string(b.Received)) })
	return rows, old, nil
}

// newcomer finds the device that signed a request to be connected, and the call.
func (j *job) newcomer() (*caller, error) {
	r := j.request.(*api.ConnectStartRequest)
	if len(r.EnvelopedRequestConnection) > maxConnection {
		return nil, api.ErrTooLarge
	}
	if err := j.hurriesStranger(); err != nil {
		return nil, err
	}
	request, err := profile.ParseConnectionRequest(r.EnvelopedRequestConnection)
	if err != nil {
		return nil, malformed(err)
	}
	if request.Address() != r.AccountAddress || j.call.Account != r.AccountAddress {
		return nil, api.ErrMalformed.Because("the request is to another account")
	}
	return j.bearer(request.Device())
}

// sender tells requests of one network address from those of others. It is a
// digest under a key that the store has not: there are so few addresses that who
// steals it would find any by trying them all.
func (j *job) sender(account string) ([]byte, error) {
	return hkdf.Expand(sha256.New, j.keys.vault.newest().octets.Reveal(), "meshkey connect from\x00"+account+"\x00"+j.peer.Network().String(), 8)
}

// connectStart has a request wait for the account's administrator. Of one device
// the newest waits.
func (j *job) connectStart() (*plan, error) {
	r, policy := j.request.(*api.ConnectStartRequest), &j.server.config.Accounts
	request, err := profile.ParseConnectionRequest(r.EnvelopedRequestConnection)
	if err != nil {
		return nil, malformed(err)
	}
	from, err := j.sender(r.AccountAddress)
	if err != nil {
		return nil, err
	}
	row := &connectRow{
		Device: request.Device().Fingerprint().String(), Request: request.Bytes(), From: from,
		Received: mesh.NewDateTime(j.now), Expires: mesh.NewDateTime(j.now.Add(policy.Patience)),
	}
	return &plan{apply: func(w store.Writer) (api.Response, error) {
		a, err := liveAccount(w, r.AccountAddress)
		if err != nil {
			return nil, err
		}
		if a == nil || a.profile.Kind() != "ProfileUser" {
			return nil, api.ErrUnknown
		}
		waiting, old, err := requests(w, r.AccountAddress, j.now)
		if err != nil {
			return nil, err
		}
		others, together := 0, 0
		for _, other := range waiting {
			if other.Device == row.Device {
				old = append(old, other.key)
				continue
			}
			if other.Answer != nil {
				continue
			}
			others++
			if bytes.Equal(other.From, row.From) {
				together++
			}
		}
		// One who floods an account keeps no others out.
		if others >= policy.Requests || together >= policy.Together {
			return nil, api.ErrQuota.Because("too many devices wait to be connected to the account")
		}
		for _, key := range old {
			if err := w.Delete(connectTable, key); err != nil {
				return nil, err
			}
		}
		answer := done(&api.ConnectStartResponse{EnvelopedProfileAccount: a.profile.Bytes(), Expires: row.Expires})
		return answer, putRow(w, connectTable, requestKey(r.AccountAddress, request.Name()), row)
	}}, nil
}

// requester finds the device whose request a call is about.
func (j *job) requester() (*caller, error) {
	r := j.request.(*api.ConnectStatusRequest)
	row, err := j.requestRow(r.AccountAddress, r.RequestUdf)
	if err != nil {
		return nil, err
	}
	if row == nil || j.call.Account != r.AccountAddress {
		return nil, errUnknown
	}
	request, err := profile.ParseConnectionRequest(row.Request)
	if err != nil {
		return nil, err
	}
	return j.bearer(request.Device())
}

// requestRow returns the row of a request, nil if there is none.
func (j *job) requestRow(address, name string) (*connectRow, error) {
	f, err := udf.ParseFingerprint(name)
	if err != nil || f.Bits() < udf.LocatorBits {
		return nil, nil
	}
	row := &connectRow{}
	there := false
	err = j.server.config.Store.View(j.ctx, func(r store.Reader) (err error) {
		*row = connectRow{}
		there, err = getRow(r, connectTable, requestKey(address, f), row)
		return err
	})
	if err != nil || !there || row.over(j.now) {
		return nil, err
	}
	return row, nil
}

// connectStatus gives the device the administrator's answer, once there is one.
func (j *job) connectStatus() (*plan, error) {
	r := j.request.(*api.ConnectStatusRequest)
	row, err := j.requestRow(r.AccountAddress, r.RequestUdf)
	if err != nil {
		return nil, err
	}
	if row == nil {
		return nil, errUnknown
	}
	if row.Answer == nil {
		return nil, api.ErrWaiting.Because("the account's administrator has not answered").After(poll)
	}
	return &plan{response: done(&api.ConnectStatusResponse{EnvelopedRespondConnection: row.Answer})}, nil
}

// connectPending lists the requests that wait, to the account's own.
func (j *job) connectPending() (*plan, error) {
	address := j.request.(*api.ConnectPendingRequest).AccountAddress
	if j.caller.account != address {
		return nil, api.ErrDenied
	}
	return &plan{apply: func(w store.Writer) (api.Response, error) {
		rows, _, err := requests(w, address, j.now)
		if err != nil {
			return nil, err
		}
		answer := done(&api.ConnectPendingResponse{})
		for _, row := range rows {
			if row.Answer == nil {
				answer.Pending = append(answer.Pending, &api.ConnectPending{Received: row.Received, EnvelopedRequestConnection: row.Request})
			}
		}
		return answer, nil
	}}, nil
}

// connectComplete takes the administrator's answer to a request, or removes a
// device.
func (j *job) connectComplete() (*plan, error) {
	r := j.request.(*api.ConnectCompleteRequest)
	if err := j.administrated(r.AccountAddress); err != nil {
		return nil, err
	}
	switch {
	case len(r.EnvelopedRespondConnection) > maxConnection:
		return nil, api.ErrTooLarge
	case len(r.EnvelopedRespondConnection) > 0 && r.RemoveDevice == "":
		return j.answerRequest(r)
	case len(r.EnvelopedRespondConnection) == 0 && r.RemoveDevice != "":
		return j.removeDevice(r)
	}
	return nil, api.ErrMalformed.Because("a request is answered or a device removed, one at a time")
}

// answerRequest stores the answer, and if it is yes the device's connection.
func (j *job) answerRequest(r *api.ConnectCompleteRequest) (*plan, error) {
	name, err := profile.RequestAnswered(r.EnvelopedRespondConnection)
	if err != nil {
		return nil, malformed(err)
	}
	row, err := j.requestRow(r.AccountAddress, name.Text(udf.LocatorBits))
	if err != nil {
		return nil, err
	}
	if row == nil {
		return nil, api.ErrUnknown
	}
	request, err := profile.ParseConnectionRequest(row.Request)
	if err != nil {
		return nil, err
	}
	answer, err := profile.ParseConnectionResponse(r.EnvelopedRespondConnection, request, j.caller.profile)
	if err != nil {
		return nil, malformed(err)
	}
	key := requestKey(r.AccountAddress, request.Name())
	return &plan{apply: func(w store.Writer) (api.Response, error) {
		now := &connectRow{}
		switch there, err := getRow(w, connectTable, key, now); {
		case err != nil:
			return nil, err
		case !there || now.over(j.now):
			return nil, api.ErrUnknown
		case bytes.Equal(now.Answer, r.EnvelopedRespondConnection):
			return done(&api.ConnectCompleteResponse{}), nil
		case now.Answer != nil:
			return nil, api.ErrExists.Because("the request was answered")
		}
		if c := answer.Connection(); c != nil {
			if err := j.addDevice(w, r.AccountAddress, answer.Name(), c); err != nil {
				return nil, err
			}
		}
		now.Answer = r.EnvelopedRespondConnection
		now.Expires = mesh.NewDateTime(j.now.Add(j.server.config.Accounts.Patience))
		return done(&api.ConnectCompleteResponse{}), putRow(w, connectTable, key, now)
	}}, nil
}

// deleteRequests deletes the requests of an account.
func deleteRequests(w store.Writer, address string) error {
	return deleteAll(w, connectTable, under(address, ""))
}
