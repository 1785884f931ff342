package server

import (
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
	"meshkey/profile"
	"meshkey/udf"
)

// done marks a response as one to what was done.
func done[R api.Response](r R) R {
	r.Base().Status = api.StatusDone
	return r
}

// validateAccount tells about the form of an address to anyone, and whether it
// is free to those who could register it: others do not learn here who has an
// account.
func (j *job) validateAccount() (*plan, error) {
	r := j.request.(*api.ValidateAccountRequest)
	policy := &j.server.config.Accounts
	answer := done(&api.ValidateAccountResponse{Reason: policy.admits(r.AccountAddress)})
	if answer.Reason != "" {
		return &plan{response: answer, unrecorded: true}, nil
	}
	answer.Valid = true
	err := j.server.config.Store.View(j.ctx, func(s store.Reader) error {
		answer.Available, answer.Reason = false, ""
		_, err := policy.welcome(s, r.AccountAddress, r.Invitation, j.now)
		if no := refusal(err); no != nil && no.Code == api.ErrDenied.Code {
			answer.Reason = no.Description
			return nil
		} else if err != nil {
			return err
		}
		a, err := loadAccount(s, r.AccountAddress)
		if answer.Available = a == nil; a != nil {
			answer.Reason = "the address is taken"
		}
		return err
	})
	return &plan{response: answer, unrecorded: true}, err
}

// registrant finds who signed a call in the profile that it brings.
func (j *job) registrant() (*caller, error) {
	if err := j.hurriesStranger(); err != nil {
		return nil, err
	}
	r := j.request.(*api.CreateAccountRequest)
	p, err := profile.Parse(r.EnvelopedProfileAccount)
	if err != nil {
		return nil, malformed(err)
	}
	if !p.IsAccount() || p.Address() != r.AccountAddress || j.call.Account != r.AccountAddress {
		return nil, api.ErrMalformed.Because("the profile is not that of the account")
	}
	return j.bearer(p)
}

// bearer is the caller who signed with a key of a profile that nobody here needs
// to know.
func (j *job) bearer(p *profile.Profile) (*caller, error) {
	for _, kid := range j.call.Signers() {
		key := p.Signer(kid)
		if root := p.Keys()[0]; key == nil && root.Fingerprint.String() == kid {
			key = root.Public
		}
		if key != nil {
			nobody := func(store.Reader) error { return nil }
			return j.signed(&caller{role: bearer, account: j.call.Account, profile: p, key: key, kid: kid, still: nobody})
		}
	}
	return nil, errUnknown
}

// createAccount registers the account of the caller's profile. A second time it
// does nothing: the answer to the first may have been lost.
func (j *job) createAccount() (*plan, error) {
	p, policy := j.caller.profile, &j.server.config.Accounts
	invitation := j.request.(*api.CreateAccountRequest).Invitation
	if why := policy.admits(p.Address()); why != "" {
		return nil, api.ErrMalformed.Because(why)
	}
	if err := j.servedHere(p); err != nil {
		return nil, err
	}
	return &plan{apply: func(w store.Writer) (api.Response, error) {
		old, err := loadAccount(w, p.Address())
		if err != nil {
			return nil, err
		}
		his := old != nil && old.profile.Fingerprint().Matches(p.Fingerprint())
		if his && !old.deleted {
			return done(&api.CreateAccountResponse{}), nil
		}
		use, err := policy.welcome(w, p.Address(), invitation, j.now)
		if err != nil && !(his && err == error(errFull)) { // he is counted
			return nil, err
		}
		if old != nil && !his {
			return nil, api.ErrExists
		}
		// Or who lost his administrator's key could not get rid of it so.
		if old != nil && p.Created().Before(old.profile.Created()) {
			return nil, api.ErrStale.Because("the account had a newer profile")
		}
		if left, err := w.Get(garbageTable, under(p.Address())); err != nil {
			return nil, err
		} else if left != nil {
			return nil, api.ErrUnavailable.Because("the account that was there is being deleted").After(j.server.config.Ties)
		}
		if err := use(w); err != nil {
			return nil, err
		}
		put := registerAccount
		if old != nil { // it was counted
			put = storeAccount
		}
		return done(&api.CreateAccountResponse{}), put(w, &account{profile: p, created: j.now}, j.now)
	}}, nil
}

// servedHere refuses the profile of an account that says it is kept elsewhere.
func (j *job) servedHere(p *profile.Profile) error {
	f, err := udf.ParseFingerprint(p.Service())
	if err == nil && f.Matches(j.keys.profile.Fingerprint()) || p.Service() == "" {
		return nil
	}
	return api.ErrMalformed.Because("the profile names another service")
}

// administrated refuses callers other than the administrator of the account that
// a call is about.
func (j *job) administrated(address string) error {
	if j.caller.role != administrator || j.caller.account != address {
		return api.ErrDenied
	}
	return nil
}

// leaver finds who deletes an account: also who has deleted it, and did not get
// the answer.
func (j *job) leaver() (*caller, error) {
	address := j.call.Account
	var row []byte
	var a *account
	err := j.server.config.Store.View(j.ctx, func(r store.Reader) (err error) {
		if row, err = r.Get(accountTable, under(address)); err == nil {
			a, err = loadAccount(r, address)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if a == nil || !a.deleted {
		return j.holder()
	}
	key := a.profile.Key(profile.AdministratorSignature)
	for _, kid := range j.call.Signers() {
		if named(key, kid) {
			still := func(r store.Reader) error { return unchanged(r, accountTable, under(address), row) }
			return j.signed(&caller{role: administrator, account: address, profile: a.profile, key: key, kid: kid, still: still})
		}
	}
	return nil, errUnknown
}

// deleteAccount deletes all that is kept of the caller's account but its name,
// which nobody else can take, and the audit log. A second time it does nothing.
func (j *job) deleteAccount() (*plan, error) {
	address := j.request.(*api.DeleteAccountRequest).AccountAddress
	if err := j.administrated(address); err != nil {
		return nil, err
	}
	return &plan{apply: func(w store.Writer) (api.Response, error) {
		a, err := loadAccount(w, address)
		if err != nil {
			return nil, err
		}
		if a == nil {
			return nil, errChanged
		}
		if a.deleted {
			return done(&api.DeleteAccountResponse{}), nil
		}
		for _, forget := range []func(store.Writer, string) error{
			j.removeDevices, deleteRequests, deleteContainers, withdrawRecords, forgetGroup,
		} {
			if err := forget(w, address); err != nil {
				return nil, err
			}
		}
		a.deleted = true
		return done(&api.DeleteAccountResponse{}), storeAccount(w, a, j.now)
	}}, nil
}
