package server

import (
	"bytes"
	"context"

	"meshkey/internal/dare"
	"meshkey/internal/jsonb"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
	"meshkey/profile"
	"meshkey/udf"
)

// recordRow is a recovery record at its locator, which stays its account's after
// the record is taken away.
type recordRow struct {
	jsonb.Rest
	Account string    `jsonb:"AccountAddress"`
	Serial  int64     `jsonb:"Serial"`
	Record  jsonb.Raw `jsonb:"EnvelopedRecord"`
}

// publish puts a newer profile in the place of the account's, or a recovery
// record at its locator, or takes that away.
func (j *job) publish() (*plan, error) {
	r := j.request.(*api.PublishRequest)
	if err := j.administrated(r.AccountAddress); err != nil {
		return nil, err
	}
	switch {
	case len(r.EnvelopedProfileAccount) > 0 && r.Locator == "":
		return j.publishProfile(r)
	case len(r.EnvelopedProfileAccount) == 0 && r.Locator != "":
		return j.publishRecord(r)
	}
	return nil, api.ErrMalformed.Because("a profile or a record is published, one at a time")
}

// publishProfile takes a newer profile of the same account. Devices stay
// connected as long as the administrator's key does.
func (j *job) publishProfile(r *api.PublishRequest) (*plan, error) {
	p, err := profile.Parse(r.EnvelopedProfileAccount)
	if err != nil {
		return nil, malformed(err)
	}
	was := j.caller.profile
	if p.Kind() != was.Kind() || p.Address() != was.Address() || !p.Fingerprint().Matches(was.Fingerprint()) {
		return nil, api.ErrMalformed.Because("the profile is another account's")
	}
	if err := j.servedHere(p); err != nil {
		return nil, err
	}
	return &plan{apply: func(w store.Writer) (api.Response, error) {
		a, err := liveAccount(w, p.Address())
		if err != nil {
			return nil, err
		}
		if a == nil {
			return nil, errChanged
		}
		if bytes.Equal(a.profile.Bytes(), p.Bytes()) {
			return done(&api.PublishResponse{}), nil
		}
		if !p.Created().After(a.profile.Created()) {
			return nil, api.ErrStale
		}
		a.profile = p
		return done(&api.PublishResponse{}), storeAccount(w, a, j.now)
	}}, nil
}

// locatorKey is the key of a record, nil for what is no locator. A locator is a
// digest of 272 bits: nobody finds one by trying.
func locatorKey(locator string) []byte {
	f, err := udf.ParseFingerprint(locator)
	if err != nil || f.Bits() < udf.LocatorBits || !f.Type().IsDigest() {
		return nil
	}
	return f.Octets(udf.LocatorBits)
}

// publishRecord puts a recovery record at its locator: of the same account as
// what is there, with a higher serial number. The service cannot read the
// record, so the number is the one that the administrator signs in the call.
func (j *job) publishRecord(r *api.PublishRequest) (*plan, error) {
	key := locatorKey(r.Locator)
	if key == nil || r.Serial < 1 {
		return nil, api.ErrMalformed.Because("a record has a locator of 56 letters and a serial number")
	}
	row := &recordRow{Account: r.AccountAddress, Serial: r.Serial}
	if len(r.EnvelopedRecord) > 0 {
		e, err := dare.Parse(r.EnvelopedRecord)
		if err != nil {
			return nil, malformed(err)
		}
		if !e.Encrypted() {
			return nil, api.ErrMalformed.Because("the record is not sealed")
		}
		if err := e.Verify(j.caller.key); err != nil {
			return nil, malformed(err)
		}
		if row.Record = e.Bytes(); len(row.Record) > j.server.config.Accounts.Record {
			return nil, api.ErrTooLarge
		}
	}
	mine := under(r.AccountAddress, string(key))
	return &plan{apply: func(w store.Writer) (api.Response, error) {
		var old recordRow
		there, err := getRow(w, recordTable, key, &old)
		if err != nil {
			return nil, err
		}
		switch {
		case there && old.Account != r.AccountAddress:
			return nil, api.ErrExists
		case there && old.Serial == r.Serial && bytes.Equal(old.Record, row.Record):
			return done(&api.PublishResponse{}), nil
		case there && old.Serial >= r.Serial:
			return nil, api.ErrStale
		case !there && row.Record == nil:
			return nil, api.ErrUnknown
		case !there:
			n, err := countKeys(w, publishedTable, under(r.AccountAddress, ""))
			if err != nil {
				return nil, err
			}
			if n >= j.server.config.Accounts.Records {
				return nil, api.ErrQuota
			}
			if err := w.Put(publishedTable, mine, []byte{1}); err != nil {
				return nil, err
			}
		}
		return done(&api.PublishResponse{}), putRow(w, recordTable, key, row)
	}}, nil
}

// countKeys is the number of keys with a prefix.
func countKeys(r store.Reader, t store.Table, prefix []byte) (n int, err error) {
	err = r.Scan(t, prefix, nil, func([]byte, []byte) bool { n++; return true })
	return n, err
}

// withdrawRecords takes all records of an account away. Their locators stay its.
func withdrawRecords(w store.Writer, address string) error {
	prefix := under(address, "")
	var keys [][]byte
	err := w.Scan(publishedTable, prefix, nil, func(key, _ []byte) bool {
		keys = append(keys, key[len(prefix):])
		return true
	})
	if err != nil {
		return err
	}
	for _, key := range keys {
		var row recordRow
		if ok, err := getRow(w, recordTable, key, &row); err != nil || !ok {
			return err
		}
		row.Record = nil
		if err := putRow(w, recordTable, key, &row); err != nil {
			return err
		}
	}
	return nil
}

// Record returns the recovery record at a locator, a DARE envelope that only
// whoever has the account's seed can read. It needs no keys of the service.
// Whatever has no record, and whatever is no locator, is the same
// [api.ErrUnknown].
func (s *Server) Record(ctx context.Context, locator string) ([]byte, error) {
	key := locatorKey(locator)
	if key == nil {
		return nil, api.ErrUnknown
	}
	var row recordRow
	err := s.config.Store.View(ctx, func(r store.Reader) error {
		row = recordRow{}
		_, err := getRow(r, recordTable, key, &row)
		return err
	})
	if no := refusal(err); no != nil {
		return nil, no
	}
	if err != nil {
		s.log.Error("a recovery record cannot be read", "error", err)
		return nil, api.ErrUnavailable
	}
	if row.Record == nil {
		return nil, api.ErrUnknown
	}
	return row.Record, nil
}
