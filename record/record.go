package record

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
	"meshkey/udf"
)

// A Record is what a seed alone cannot give back. In an envelope it is a JSON
// object under the tag RecoveryRecord; docs/FORMATS.md, section 4.
type Record struct {
	// Serial counts the records of an account from 1. Of two records the one
	// with the higher serial counts.
	Serial   int64
	Created  time.Time // to the second, in UTC
	Address  string    // of the account, or empty
	Service  string    // host of the account's service, or empty
	Profile  []byte    // as last signed: a DARE envelope in JSON; or nil
	Escrowed [][]byte  // DARE envelopes in JSON, each a key sealed to the account's escrow key
}

// tagged is the record as it is written.
type tagged struct {
	jsonb.Rest
	Record *content `jsonb:"RecoveryRecord"`
}

type content struct {
	jsonb.Rest
	Version  int64       `jsonb:"Version"`
	Serial   int64       `jsonb:"Serial"`
	Created  string      `jsonb:"Created"`
	Address  string      `jsonb:"AccountAddress"`
	Service  string      `jsonb:"ServiceAddress"`
	Profile  jsonb.Raw   `jsonb:"EnvelopedProfile"`
	Escrowed []jsonb.Raw `jsonb:"EnvelopedEscrow"`
}

var schema = sync.OnceValue(func() *jsonb.Schema { return jsonb.NewSchema(nil, &tagged{}) })

// messageType says in the envelope's header, for all to read, what it holds.
const messageType = "RecoveryRecord"

// Seal writes the record as a DARE envelope in JSON, sealed under the account's
// Key and signed by its AdministratorSignature key.
func (r *Record) Seal(k *Key, administrator *cogen.PrivateKey) ([]byte, error) {
	plaintext, err := r.marshal()
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(plaintext)
	e, err := dare.Seal(plaintext, dare.SealOptions{
		Keys:   []*udf.Key{k.key},
		Signer: administrator,
		Meta:   dare.ContentMeta{MessageType: messageType},
	})
	if err != nil {
		return nil, fmt.Errorf("record: sealing the recovery record: %w", err)
	}
	return e.Bytes(), nil
}

func (r *Record) marshal() ([]byte, error) {
	switch {
	case r.Serial < 1:
		return nil, errors.New("record: records are counted from 1")
	case !plausible(r.Created.UTC()):
		return nil, errors.New("record: a record needs its date")
	}
	c := &content{
		Version: version, Serial: r.Serial, Created: r.Created.UTC().Format(time.RFC3339),
		Address: r.Address, Service: r.Service, Profile: r.Profile,
	}
	for _, e := range r.Escrowed {
		c.Escrowed = append(c.Escrowed, e)
	}
	b, err := schema().Marshal(&tagged{Record: c}, jsonb.JSON)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return b, nil
}

// plausible takes the years that are written with four digits, from 1970.
func plausible(t time.Time) bool { return t.Year() >= 1970 && t.Year() <= 9999 }

// Open verifies the signature of a sealed record by the account's
// AdministratorSignature key, then opens it. Both keys come from the recovered
// seed. A profile and keys in it are as they were put there: not checked.
func Open(b []byte, k *Key, administrator *cogen.PublicKey) (*Record, error) {
	e, err := dare.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	if err := e.Verify(administrator); err != nil {
		return nil, fmt.Errorf("record: the recovery record is not the account's: %w", err)
	}
	plaintext, err := e.Open(dare.SymmetricKey(k.key))
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	defer secret.Wipe(plaintext)
	return unmarshal(plaintext)
}

func unmarshal(b []byte) (*Record, error) {
	var t tagged
	if err := schema().Unmarshal(b, &t); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	c := t.Record
	switch {
	case c == nil:
		return nil, errors.New("record: the envelope holds no recovery record")
	case c.Version != version:
		return nil, errors.New("record: the recovery record is of a version this program does not know")
	case c.Serial < 1:
		return nil, errors.New("record: the recovery record has no serial number")
	}
	created, err := time.Parse(time.RFC3339, c.Created)
	if created = created.UTC(); err != nil || !plausible(created) {
		return nil, errors.New("record: the recovery record's date is malformed")
	}
	r := &Record{Serial: c.Serial, Created: created.Truncate(time.Second), Address: c.Address, Service: c.Service, Profile: c.Profile}
	for _, e := range c.Escrowed {
		r.Escrowed = append(r.Escrowed, e)
	}
	return r, nil
}
