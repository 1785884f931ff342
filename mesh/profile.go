package mesh

import "meshkey/internal/jsonb"

// Assertion is what profiles, connections, activations and contacts have in
// common.
type Assertion struct {
	jsonb.Rest
	Names       []string `jsonb:"Names"`
	Updated     DateTime `jsonb:"Updated"`
	NotaryToken string   `jsonb:"NotaryToken"`
}

// Profile is what every profile has. The fingerprint of ProfileSignature is
// the name of the profile, and that key signs it.
type Profile struct {
	Assertion
	Description      string   `jsonb:"Description"`
	ProfileSignature *KeyData `jsonb:"ProfileSignature,was=KeyOfflineSignature"`
}

// Base returns p, to reach it in whatever descends from it.
func (p *Profile) Base() *Profile { return p }

// AnyProfile is any structure that descends from Profile.
type AnyProfile interface{ Base() *Profile }

// ProfileDevice is the profile of a device: its contributions to the keys it
// uses for an account.
type ProfileDevice struct {
	Profile
	Encryption     *KeyData `jsonb:"Encryption,was=BaseEncryption,was=KeyEncryption"`
	Signature      *KeyData `jsonb:"Signature,was=BaseSignature,was=KeySignature"`
	Authentication *KeyData `jsonb:"Authentication,was=BaseAuthentication,was=KeyAuthentication"`
}

// ProfileHost is the profile of a host of a service.
type ProfileHost struct{ ProfileDevice }

// ProfileAccount is what the profiles of users and groups have in common.
type ProfileAccount struct {
	Profile
	AccountAddress         string   `jsonb:"AccountAddress"` // such as alice@example.com
	ServiceUdf             string   `jsonb:"ServiceUdf"`     // fingerprint of the service that holds the account
	EscrowEncryption       *KeyData `jsonb:"EscrowEncryption"`
	AdministratorSignature *KeyData `jsonb:"AdministratorSignature"`
	CommonEncryption       *KeyData `jsonb:"CommonEncryption,was=AccountEncryption"`
	CommonAuthentication   *KeyData `jsonb:"CommonAuthentication,was=AccountAuthentication"`
}

// Account returns p, to reach it in a user's and in a group's profile alike.
func (p *ProfileAccount) Account() *ProfileAccount { return p }

// ProfileUser is the profile of a person's account.
type ProfileUser struct {
	ProfileAccount
	CommonSignature *KeyData `jsonb:"CommonSignature,was=AccountSignature"`
}

// ProfileGroup is the profile of a group.
type ProfileGroup struct{ ProfileAccount }

// ProfileService is the profile of a service.
type ProfileService struct {
	Profile
	ServiceAuthentication *KeyData `jsonb:"ServiceAuthentication,was=KeyAuthentication"`
	ServiceEncryption     *KeyData `jsonb:"ServiceEncryption,was=KeyEncryption"`
	ServiceSignature      *KeyData `jsonb:"ServiceSignature,was=KeySignature"`
}
