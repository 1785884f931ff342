package server

import (
	"errors"
	"fmt"
	"time"

	"meshkey/cogen"
	"meshkey/group"
	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
	"meshkey/profile"
	"meshkey/udf"
)

// seedLen and storageLen are how many random octets a service's seed and a key
// of its store have.
const (
	seedLen    = 32
	storageLen = 32
	maxStorage = 16
)

// Secrets are all that a service must not show and cannot lose: the seed that
// its own keys come from, and the keys that halves are kept under. It is secret.
// What Octets gives is sealed by whoever runs the service.
type Secrets struct {
	seed    *udf.Seed
	created time.Time
	storage []storageKey // the last is used for what is put
}

// storageKey is a key that halves are kept under.
type storageKey struct {
	number uint32
	octets *secret.Bytes
}

// NewSecrets makes the secrets of a new service; created is when its profile is
// signed.
func NewSecrets(created time.Time) *Secrets {
	data := secret.Random(seedLen)
	defer data.Wipe()
	seed, err := udf.NewSeed(udf.MeshProfileService, data.Reveal())
	if err != nil {
		panic("server: " + err.Error()) // a constant length in range
	}
	return &Secrets{seed, created.UTC().Truncate(time.Second), []storageKey{{1, secret.Random(storageLen)}}}
}

// Rotate adds a key that halves are put under from now on. Those that are there
// stay readable; Server.Reseal puts them under the new key.
func (s *Secrets) Rotate() error {
	if len(s.storage) == maxStorage {
		return fmt.Errorf("server: at most %d keys of the store", maxStorage)
	}
	s.storage = append(s.storage, storageKey{s.last().number + 1, secret.Random(storageLen)})
	return nil
}

// Retire drops all keys of the store but the newest. Halves that are still under
// another are lost by it.
func (s *Secrets) Retire() {
	for _, k := range s.storage[:len(s.storage)-1] {
		k.octets.Wipe()
	}
	s.storage = []storageKey{s.last()}
}

func (s *Secrets) last() storageKey { return s.storage[len(s.storage)-1] }

// secretsBody is docs/FORMATS.md, Service secrets.
type secretsBody struct {
	jsonb.Rest
	Version int64          `jsonb:"Version"`
	Created string         `jsonb:"Created"`
	Seed    *secret.Bytes  `jsonb:"Seed"`
	Storage []*storageBody `jsonb:"StorageKeys"`
}

type storageBody struct {
	jsonb.Rest
	Number int64         `jsonb:"Number"`
	Key    *secret.Bytes `jsonb:"Key"`
}

const secretsVersion = 1

var secretsSchema = jsonb.NewSchema(nil, &secretsBody{})

// Octets writes the secrets. The slice is the caller's to wipe.
func (s *Secrets) Octets() []byte {
	b := &secretsBody{Version: secretsVersion, Created: s.created.Format(time.RFC3339), Seed: secret.Take(s.seed.Octets())}
	defer b.Seed.Wipe()
	for _, k := range s.storage {
		b.Storage = append(b.Storage, &storageBody{Number: int64(k.number), Key: k.octets})
	}
	octets, err := secretsSchema.Marshal(b, jsonb.JSON)
	if err != nil {
		panic("server: " + err.Error()) // nothing in it can fail to be written
	}
	return octets
}

// ParseSecrets reads what Octets writes. b stays the caller's.
func ParseSecrets(b []byte) (*Secrets, error) {
	d := &secretsBody{}
	defer secretsSchema.Wipe(d)
	if err := secretsSchema.Unmarshal(b, d); err != nil {
		return nil, fmt.Errorf("server: the secrets: %w", err)
	}
	no := errors.New("server: not the secrets of a service")
	created, err := time.Parse(time.RFC3339, d.Created)
	if d.Version != secretsVersion || err != nil || created.UTC().Format(time.RFC3339) != d.Created ||
		d.Seed == nil || len(d.Storage) == 0 || len(d.Storage) > maxStorage {
		return nil, no
	}
	seed, err := udf.SeedFromOctets(d.Seed.Reveal())
	if err != nil || seed.Specifier() != udf.MeshProfileService {
		return nil, no
	}
	s := &Secrets{seed: seed, created: created.UTC()}
	for _, k := range d.Storage {
		last := int64(0)
		if len(s.storage) > 0 {
			last = int64(s.last().number)
		}
		if k.Number <= last || k.Number > 1<<31 || k.Key.Len() != storageLen {
			s.Wipe()
			return nil, no
		}
		s.storage = append(s.storage, storageKey{uint32(k.Number), secret.Copy(k.Key.Reveal())})
	}
	return s, nil
}

// Fingerprint is the service's name, that of its profile.
func (s *Secrets) Fingerprint() (udf.Fingerprint, error) {
	k, err := profile.NewService(s.seed)
	if err != nil {
		return udf.Fingerprint{}, fmt.Errorf("server: %w", err)
	}
	defer k.Wipe()
	return k.Fingerprint(), nil
}

// Profile is the service's profile.
func (s *Secrets) Profile() (*profile.Profile, error) {
	k, err := profile.NewService(s.seed)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	defer k.Wipe()
	return k.Profile(s.created)
}

// Wipe clears the secrets.
func (s *Secrets) Wipe() {
	s.seed.Wipe()
	for _, k := range s.storage {
		k.octets.Wipe()
	}
}

// Format implements fmt.Formatter and writes "[secret]".
func (s Secrets) Format(f fmt.State, verb rune) { secret.Bytes{}.Format(f, verb) }

// keys are what a service that is not sealed has in memory. It is secret.
type keys struct {
	profile     *profile.Profile
	fingerprint string
	private     *profile.Service
	encryption  *cogen.PrivateKey
	signature   *cogen.PrivateKey
	identity    *group.Identity
	vault       *vault
	host        *hostStatement
}

// keys derives them.
func (s *Secrets) keys(address string) (*keys, error) {
	private, err := profile.NewService(s.seed)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	k := &keys{
		fingerprint: private.Fingerprint().String(), private: private,
		encryption: private.Private(profile.ServiceEncryption), signature: private.Private(profile.ServiceSignature),
		vault: newVault(s.storage), host: &hostStatement{},
	}
	if k.profile, err = private.Profile(s.created); err == nil {
		k.identity, err = group.NewIdentity(address, private.Fingerprint(), k.encryption, k.signature)
	}
	if err != nil {
		k.wipe()
		return nil, fmt.Errorf("server: %w", err)
	}
	return k, nil
}

func (k *keys) wipe() {
	k.private.Wipe()
	k.vault.wipe()
}

// Format implements fmt.Formatter and writes "[secret]".
func (k keys) Format(f fmt.State, verb rune) { secret.Bytes{}.Format(f, verb) }
