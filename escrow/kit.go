package escrow

import (
	"errors"
	"fmt"
	"time"

	"meshkey/internal/secret"
	"meshkey/profile"
	"meshkey/record"
	"meshkey/shamir"
	"meshkey/udf"
)

// A Kit is what is printed: the shares of one set and what is public about it.
type Kit struct {
	Shares          []shamir.Share // share i+1 at i; secret
	Quorum          shamir.Quorum
	Certificate     *record.Certificate
	CertificateText string          // "MK1:…", as it goes into a code
	Fingerprint     udf.Fingerprint // of the account
	Address         string          // of the account, or empty
	Service         string          // host of the account's service, or empty
	Date            time.Time       // of making: a day, at 00:00 UTC
	SetName         string          // four letters
	Sealed          bool            // no sheet can be added later
	NotReal         bool            // made for a rehearsal, and marked so
	Record          []byte          // the sealed recovery record, or nil
	Locator         string          // under which the record waits, or empty
}

// Options says what a kit is made with. Date is required; all else may be
// left out.
type Options struct {
	Date    time.Time // of making; the day in UTC counts
	Address string    // of the account; taken from Profile if empty
	Service string    // host of the account's service
	Sealed  bool      // commit to the shares of the kit only
	NotReal bool      // mark the kit as a rehearsal's

	// Profile is the account's signed profile. It must be of the seed's
	// account.
	Profile *profile.Profile

	WithRecord bool     // make a recovery record
	RecordHost string   // host that will keep the record, for the certificate
	Serial     int64    // of the record, from 1; 0 is taken for 1
	Escrowed   [][]byte // envelopes of application keys to keep in the record
}

// New splits the seed of an account into a checked kit. It fails if the quorum
// is impossible, if the profile is of another account, or if a text is too long
// to print; a kit that fails its own check is wiped and not returned.
func New(seed *profile.Seed, q shamir.Quorum, o Options) (*Kit, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	if o.Date.IsZero() {
		return nil, errors.New("escrow: a kit needs a date")
	}
	account, err := seed.Account()
	if err != nil {
		return nil, err
	}
	defer account.Wipe()
	if o.Profile != nil {
		if !o.Profile.Fingerprint().Matches(account.Fingerprint()) {
			return nil, errors.New("escrow: the profile is of another account than the seed")
		}
		if o.Address == "" {
			o.Address = o.Profile.Address()
		}
	}
	octets := seed.Octets()
	defer secret.Wipe(octets)
	shares, err := shamir.Split(octets, q)
	if err != nil {
		return nil, fmt.Errorf("escrow: %w", err)
	}
	k := &Kit{
		Shares: shares, Quorum: q, Fingerprint: account.Fingerprint(),
		Address: o.Address, Service: o.Service, Sealed: o.Sealed, NotReal: o.NotReal,
	}
	if err := k.complete(seed, account, o); err != nil {
		k.Wipe()
		return nil, err
	}
	return k, nil
}

// complete adds the certificate and the record, then checks the whole.
func (k *Kit) complete(seed *profile.Seed, account *profile.Account, o Options) error {
	cert, err := record.Certify(record.Set{
		Account: k.Fingerprint, Address: k.Address, Quorum: k.Quorum, Date: o.Date,
		Sealed: o.Sealed, RecordHost: o.RecordHost,
	}, k.Shares, account.Private(profile.AdministratorSignature))
	if err != nil {
		return err
	}
	k.Certificate, k.CertificateText = cert, cert.Text()
	k.Date, k.SetName = cert.Date(), cert.SetName()
	if o.WithRecord {
		if err := k.addRecord(seed, account, o); err != nil {
			return err
		}
	}
	return k.check(seed, account)
}

// Wipe clears the shares.
func (k *Kit) Wipe() {
	for _, s := range k.Shares {
		s.Wipe()
	}
}
