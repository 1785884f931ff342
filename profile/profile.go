package profile

import "meshkey/udf"

// A Profile is a verified profile.
type Profile struct {
	fingerprint udf.Fingerprint
	address     string
}

// Fingerprint is that of the ProfileSignature key, the profile's own name.
func (p *Profile) Fingerprint() udf.Fingerprint { return p.fingerprint }

// Address is the account's address, or empty.
func (p *Profile) Address() string { return p.address }
