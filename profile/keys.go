package profile

import (
	"fmt"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/secret"
	"meshkey/udf"
)

// Names of keys, as the members of profiles have them.
const (
	ProfileSignature        = "ProfileSignature"
	AdministratorSignature  = "AdministratorSignature"
	AdministratorEncryption = "AdministratorEncryption" // derived, and in no profile
	EscrowEncryption        = "EscrowEncryption"
	CommonEncryption        = "CommonEncryption"
	CommonAuthentication    = "CommonAuthentication"
	CommonSignature         = "CommonSignature"

	// The other keys of a device.
	Encryption     = "Encryption"
	Signature      = "Signature"
	Authentication = "Authentication"

	// The other keys of a service.
	ServiceEncryption     = "ServiceEncryption"
	ServiceSignature      = "ServiceSignature"
	ServiceAuthentication = "ServiceAuthentication"
)

// source says how a key is derived.
type source struct {
	name, label string
	algorithm   cogen.Algorithm
}

// Spec: the drafts name keys and not their labels; the labels are the
// reference's, and published values confirm all but those of
// AdministratorEncryption, which no profile shows, and of services.
var (
	accountKeys = []source{
		{ProfileSignature, "CompleteAccountProfile", cogen.Ed448()},
		{AdministratorSignature, "CompleteAccountAdminSign", cogen.Ed448()},
		{AdministratorEncryption, "CompleteAccountAdminEncrypt", cogen.X448()},
		{EscrowEncryption, "CompleteAccountEscrow", cogen.X448()},
		{CommonEncryption, storeLabel, cogen.X448()},
		{CommonAuthentication, "CompleteAccountAuthenticate", cogen.X448()},
		{CommonSignature, "CompleteAccountSign", cogen.Ed448()},
	}
	deviceKeys = []source{
		{ProfileSignature, "BaseDeviceProfile", cogen.Ed448()},
		{Encryption, "BaseDeviceEncrypt", cogen.X448()},
		{Signature, "BaseDeviceSign", cogen.Ed448()},
		{Authentication, "BaseDeviceAuthenticate", cogen.X448()},
	}
	serviceKeys = []source{
		{ProfileSignature, "BaseServiceProfile", cogen.Ed448()},
		{ServiceEncryption, "BaseServiceEncrypt", cogen.X448()},
		{ServiceSignature, "BaseServiceSign", cogen.Ed448()},
		{ServiceAuthentication, "BaseServiceAuthenticate", cogen.X448()},
	}
)

// storeLabel is the label of CommonEncryption; the name of a store after it
// makes the label of the store's own key.
const storeLabel = "CompleteAccountEncrypt"

// Stores are the catalogs and spools of an account that have a key of their
// own.
func Stores() []string {
	return []string{
		"MMM_Access", "MMM_Application", "MMM_Bookmark", "MMM_Callsign", "MMM_Contact", "MMM_Credential",
		"MMM_Device", "MMM_Member", "MMM_Network", "MMM_Publication", "MMM_Task",
		"MMM_Inbound", "MMM_Outbound", "MMM_Local", "MMM_Archive",
	}
}

// A NamedKey is the public side of a key and its place.
type NamedKey struct {
	Name        string
	Algorithm   cogen.Algorithm
	Public      *cogen.PublicKey
	Fingerprint udf.Fingerprint
}

func named(name string, k *cogen.PublicKey) NamedKey {
	return NamedKey{name, k.Algorithm(), k, udf.KeyFingerprint(k.Algorithm(), k.Bytes())}
}

// keyring is private keys by name, in the order of their sources.
type keyring struct {
	names   []string
	private []*cogen.PrivateKey
}

func derive(seed *udf.Seed, sources []source) (*keyring, error) {
	r := &keyring{}
	for _, s := range sources {
		k, err := seed.Key(s.algorithm, s.label)
		if err != nil {
			r.Wipe()
			return nil, fmt.Errorf("profile: deriving %s: %w", s.name, err)
		}
		r.names = append(r.names, s.name)
		r.private = append(r.private, k)
	}
	return r, nil
}

// deriveAs is derive from a seed of one kind; the error is a *KindError for
// another.
func deriveAs(kind udf.Specifier, seed *udf.Seed, sources []source) (*keyring, error) {
	if spec := seed.Specifier(); spec != kind {
		return nil, &KindError{Want: kind, Specifier: spec}
	}
	return derive(seed, sources)
}

// Keys returns the public sides of all keys, ProfileSignature first.
func (r *keyring) Keys() []NamedKey {
	keys := make([]NamedKey, len(r.names))
	for i, name := range r.names {
		keys[i] = named(name, r.private[i].PublicKey())
	}
	return keys
}

// Private returns the private key of a name, which stays the receiver's to
// wipe. It panics if there is none.
func (r *keyring) Private(name string) *cogen.PrivateKey {
	i := slices.Index(r.names, name)
	if i < 0 {
		panic("profile: no key is named " + name)
	}
	return r.private[i]
}

// Fingerprint is that of the ProfileSignature key, which is the profile's own.
func (r *keyring) Fingerprint() udf.Fingerprint {
	return named("", r.Private(ProfileSignature).PublicKey()).Fingerprint
}

// Wipe clears the private keys.
func (r *keyring) Wipe() {
	for _, k := range r.private {
		k.Wipe()
	}
}

// Format implements fmt.Formatter and writes "[secret]".
func (r keyring) Format(f fmt.State, verb rune) { secret.Bytes{}.Format(f, verb) }
