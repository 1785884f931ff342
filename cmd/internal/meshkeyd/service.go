package meshkeyd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/seedfile"
	"meshkey/internal/secret"
	"meshkey/keyservice/server"
	"meshkey/keyservice/store"
	"meshkey/profile"
)

// tableService holds the service itself; docs/FORMATS.md, The store of a key
// service.
const tableService store.Table = "service"

// Keys of the table.
const (
	keyAddress   = "address"
	keyProfile   = "profile"
	keySecrets   = "secrets"
	keyRecipient = "recipient"
	keySeal      = "seal/"
	keyBackup    = "backup" // when the last one was made, RFC 3339
	keyUnder     = "import" // a restore or move into the store that has not ended
)

// tables are all tables of a store.
func tables() []store.Table { return append(server.Tables(), tableService) }

// service is what the store holds of the service itself. Nothing in it is secret
// that is not sealed.
type service struct {
	address   string
	profile   *profile.Profile
	secrets   []byte // sealed for recipient
	recipient string
	seals     seals
}

var errNoService = exit.Errorf(exit.Usage, "there is no service in this store yet").Hinted("was there one? then keep the store as it is, and restore a backup into another; else meshkeyd init makes one")

// readService reads it, or returns errNoService.
func readService(r store.Reader) (*service, error) {
	values := map[string][]byte{}
	err := r.Scan(tableService, nil, nil, func(key, value []byte) bool {
		values[string(key)] = value
		return true
	})
	if err != nil {
		return nil, err
	}
	if source, ok := values[keyUnder]; ok {
		return nil, exit.Errorf(exit.Failed, "the store holds a part of %s only: what was to fill it was broken off", source).
			Hinted("run the same meshkeyd restore or meshkeyd migrate again; it goes on")
	}
	if values[keyProfile] == nil {
		return nil, errNoService
	}
	s := &service{address: string(values[keyAddress]), secrets: values[keySecrets], recipient: string(values[keyRecipient]), seals: seals{}}
	if s.profile, err = profile.Parse(values[keyProfile]); err != nil {
		return nil, err
	}
	for key, value := range values {
		if name, ok := strings.CutPrefix(key, keySeal); ok {
			s.seals[name] = value
		}
	}
	return s, nil
}

// write puts it into the store.
func (s *service) write(w store.Writer) error {
	values := map[string][]byte{
		keyAddress: []byte(s.address), keyProfile: s.profile.Bytes(), keySecrets: s.secrets, keyRecipient: []byte(s.recipient),
	}
	for name, sealed := range s.seals {
		values[keySeal+name] = sealed
	}
	for _, key := range sortedKeys(values) {
		if err := w.Put(tableService, []byte(key), values[key]); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// closeSecrets seals the secrets for the opener.
func (s *service) closeSecrets(secrets *server.Secrets) error {
	lock, err := seedfile.ToRecipients([]string{s.recipient})
	if err != nil {
		return err
	}
	octets := secrets.Octets()
	defer secret.Wipe(octets)
	s.secrets, err = lock.Close(octets)
	return err
}

// openSecrets opens the secrets with the opener.
func (s *service) openSecrets(opener *secret.Bytes) (*server.Secrets, error) {
	octets, err := seedfile.Open(s.secrets, seedfile.Keys{
		Identities: opener,
		Passphrase: func() (*secret.Bytes, error) { return nil, errors.New("the secrets are not sealed as they should be") },
	})
	if err != nil {
		return nil, fmt.Errorf("the service's secrets: %w", err)
	}
	defer octets.Wipe()
	secrets, err := server.ParseSecrets(octets.Reveal())
	if err != nil {
		return nil, err
	}
	f, err := secrets.Fingerprint()
	if err == nil && !f.Matches(s.profile.Fingerprint()) {
		err = exit.Errorf(exit.NotVerified, "the secrets are not those of the service %v: somebody changed the store", s.profile.Fingerprint()).
			Hinted("restore a backup, and find out who can write to the store")
	}
	if err != nil {
		secrets.Wipe()
		return nil, err
	}
	return secrets, nil
}

// view reads the service in a store.
func view(ctx context.Context, st store.Store) (*service, error) {
	var s *service
	err := st.View(ctx, func(r store.Reader) (err error) {
		s, err = readService(r)
		return err
	})
	return s, err
}
