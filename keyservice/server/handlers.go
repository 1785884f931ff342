package server

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
)

// A handler answers the calls of one name.
type handler struct {
	// who finds the caller, and verifies that he signed the call; nil where
	// anyone may ask, signed or not. It sees the job's call before anybody has
	// verified it. Any error of an unknown caller is the same to him.
	who func(*job) (*caller, error)
	// prepare does what takes long and changes nothing.
	prepare func(*job) (*plan, error)
}

// handlers are the calls that the service answers.
var handlers map[string]handler

func init() {
	handlers = map[string]handler{
		"Hello":    {nil, (*job).hello},
		"Operate":  {(*job).operator, (*job).operate},
		"Transfer": {(*job).transferrer, (*job).transfer},
		"Waiting":  {(*job).onlooker, (*job).listWaiting},
		"Approve":  {(*job).approver, (*job).approve},
		"Veto":     {(*job).onlooker, (*job).veto},

		"ValidateAccount": {nil, (*job).validateAccount},
		"CreateAccount":   {(*job).registrant, (*job).createAccount},
		"DeleteAccount":   {(*job).leaver, (*job).deleteAccount},
		"Get":             {(*job).getter, (*job).get},
		"Publish":         {(*job).holder, (*job).publish},
		"Status":          {(*job).holder, (*job).status},
		"ConnectStart":    {(*job).newcomer, (*job).connectStart},
		"ConnectStatus":   {(*job).requester, (*job).connectStatus},
		"ConnectPending":  {(*job).holder, (*job).connectPending},
		"ConnectComplete": {(*job).holder, (*job).connectComplete},
	}
}

// hello tells who the service is.
func (j *job) hello() (*plan, error) {
	r := &api.MeshHelloResponse{Version: api.NewVersion(), EnvelopedProfileService: j.keys.profile.Bytes()}
	r.Status = api.StatusDone
	if host := j.server.TLSKey; host != nil {
		var err error
		if r.EnvelopedHostStatement, err = j.keys.host.get(j.keys, host(), j.now); err != nil {
			return nil, err
		}
	}
	return &plan{response: r, unrecorded: true}, nil
}

// stated is for how long a host statement is shown to all who ask: anyone may, and
// a signature for each would be work for nothing.
const stated = time.Minute

// hostStatement is the last one that was signed.
type hostStatement struct {
	mu     sync.Mutex
	host   [sha256.Size]byte
	signed time.Time
	octets []byte
}

// get returns a statement of the host with that TLS key, signed of late.
func (s *hostStatement) get(k *keys, host [sha256.Size]byte, now time.Time) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if age := now.Sub(s.signed); s.octets != nil && s.host == host && age >= 0 && age < stated {
		return s.octets, nil
	}
	octets, err := api.SignHost(k.profile.Fingerprint(), host, k.signature, now)
	if err != nil {
		return nil, err
	}
	s.host, s.signed, s.octets = host, now, octets
	return octets, nil
}

// A job is one call on its way through the service.
type job struct {
	ctx     context.Context
	server  *Server
	keys    *keys // of the service
	peer    Peer
	body    []byte
	name    string    // of the call, empty before it is known
	call    *api.Call // nil if it came unsigned
	request api.Request
	caller  *caller  // nil where anyone may ask
	group   *holding // the group that the call is about, if party or group found one
	now     time.Time

	over  func()   // says that the transaction need not wait for this call
	about []string // keys of the audit log that the call is recorded under
	after []func() // run at the end, in the order of defer
}

// record names what the call is about for the audit log: Ids of capabilities, or
// an account. Without it, it is the caller's account.
func (j *job) record(keys ...string) { j.about = append(j.about, keys...) }

// atEnd runs f when the job is over, however it ends: to wipe and to let go.
func (j *job) atEnd(f func()) { j.after = append(j.after, f) }

// A plan is what a call will do in its transaction.
type plan struct {
	// apply decides and changes, and returns the answer. It may run several
	// times, and not at all. A refusal (an *api.Error, or what refusal makes
	// one of) drops its changes, unless it is noted; the record is still made.
	// Other errors are the store's. nil if there is nothing to change.
	apply func(store.Writer) (api.Response, error)
	// response is the answer where apply is nil, or returns nil.
	response api.Response
	// unrecorded is for calls that change nothing and tell nothing that is not
	// for everyone: they are answered without a transaction.
	unrecorded bool
}
