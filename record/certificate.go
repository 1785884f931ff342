package record

import (
	"bytes"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"meshkey/cogen"
	"meshkey/internal/secret"
	"meshkey/shamir"
	"meshkey/udf"
)

// Set is what the maker of a set of shares says of it.
type Set struct {
	Account    udf.Fingerprint // of the ProfileSignature key, all bits known
	Address    string          // of the account; may be empty; at most 64 octets
	Quorum     shamir.Quorum
	Date       time.Time // of making; the day in UTC counts
	Sealed     bool      // no share can be added to the set later
	RecordHost string    // that keeps the recovery record; may be empty; at most 64 octets
}

// Certificate is the certificate of a set of shares: public, signed by the
// account's administrator key, and enough to judge every share alone. It is
// not changed once made.
type Certificate struct {
	body    body
	account udf.Fingerprint
	signer  *cogen.PublicKey
	octets  []byte
}

// prefix begins the text of a certificate and gives its version.
const prefix = "MK1:"

// Certify makes the certificate of the set that shares belong to and signs it
// with the account's AdministratorSignature key. shares holds Need shares of
// the set at least; the others are computed. It fails for shares of a secret
// shorter than 19 octets, the seed of an account with 16 random octets.
func Certify(set Set, shares []shamir.Share, signer *cogen.PrivateKey) (*Certificate, error) {
	salt := make([]byte, saltLen)
	secret.Fill(salt)
	return certify(set, shares, signer, salt)
}

// minSecret is the length of an account's binary seed with 16 random octets.
const minSecret = 3 + 16

func certify(set Set, shares []shamir.Share, signer *cogen.PrivateKey, salt []byte) (*Certificate, error) {
	for _, s := range shares {
		if s.SecretLen() < minSecret || s.Need() != set.Quorum.Need {
			return nil, errors.New("record: only a set made of an account's seed of 16 random octets or more is certified")
		}
	}
	b := body{
		Version:    version,
		Account:    set.Account.Octets(udf.LocatorBits),
		Address:    set.Address,
		Need:       uint64(set.Quorum.Need),
		Of:         uint64(set.Quorum.Of),
		Salt:       salt,
		Day:        uint64(set.Date.Unix() / secondsADay), // a date before 1970 is out of range
		Signer:     signer.PublicKey().Bytes(),
		RecordHost: set.RecordHost,
	}
	last := maxIndex
	if set.Sealed {
		last = set.Quorum.Of
	}
	for x := 1; x <= last; x++ {
		s, err := shamir.Recreate(shares, x)
		if err != nil {
			return nil, fmt.Errorf("record: committing to share %d: %w", x, err)
		}
		b.Commitments = append(b.Commitments, commitment(salt, s)...)
		s.Wipe()
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	octets := encode(&b)
	signature, err := signer.Sign(signedMessage(octets))
	if err != nil {
		return nil, fmt.Errorf("record: signing the certificate: %w", err)
	}
	return ReadCertificate(encode(&signed{Body: octets, Signature: signature}))
}

const secondsADay = 24 * 60 * 60

func signedMessage(body []byte) []byte { return append([]byte(signingContext), body...) }

// ParseCertificate reads the text of a certificate, "MK1:" and Base45, and
// verifies its signature by the key it names itself. White space at either end
// is dropped, inside it counts. The text of a certificate that parses is the
// text that was given.
func ParseCertificate(text string) (*Certificate, error) {
	text = strings.TrimSpace(text) // no certificate ends in a space: the last group stays below 45² × 36
	rest, ok := strings.CutPrefix(text, prefix)
	switch {
	case !ok && len(text) > 3 && strings.HasPrefix(text, "MK") && text[3] == ':':
		return nil, errors.New("record: the certificate is of a version this program does not know")
	case !ok:
		return nil, errors.New("record: not a certificate: it would begin with MK1:")
	case len(rest) > maxCertificate*3/2:
		return nil, errors.New("record: too long for a certificate")
	}
	octets, err := decode45(rest)
	if err != nil {
		return nil, err
	}
	return ReadCertificate(octets)
}

// ReadCertificate reads the octets of a certificate and verifies its signature
// by the key it names itself. It refuses every other version, key and encoding.
// The octets are copied.
func ReadCertificate(octets []byte) (*Certificate, error) {
	if len(octets) > maxCertificate {
		return nil, errors.New("record: too long for a certificate")
	}
	var outer signed
	c := &Certificate{octets: bytes.Clone(octets)}
	if err := decode(c.octets, &outer); err != nil {
		return nil, err
	}
	if err := decode(outer.Body, &c.body); err != nil {
		return nil, err
	}
	if err := c.body.check(); err != nil {
		return nil, err
	}
	var err error
	if c.account, err = udf.FingerprintFromOctets(c.body.Account); err != nil {
		return nil, err
	}
	if c.signer, err = c.body.signer(); err != nil {
		return nil, err
	}
	if !c.signer.Verify(signedMessage(outer.Body), outer.Signature) {
		return nil, errors.New("record: the certificate's signature is not valid")
	}
	return c, nil
}

// Octets returns the certificate in binary, in a fresh slice.
func (c *Certificate) Octets() []byte { return bytes.Clone(c.octets) }

// Text returns the certificate as it stands in its code: "MK1:" and Base45,
// upper case, in which a space is a symbol and must be kept.
func (c *Certificate) Text() string { return prefix + encode45(c.octets) }

// Account is the fingerprint of the account, to 280 bits.
func (c *Certificate) Account() udf.Fingerprint { return c.account }

// Address is the account's address, or empty.
func (c *Certificate) Address() string { return c.body.Address }

// Quorum tells how many shares the set has and how many are needed. A share
// added later has an index above Of.
func (c *Certificate) Quorum() shamir.Quorum {
	return shamir.Quorum{Need: int(c.body.Need), Of: int(c.body.Of)}
}

// Date is the day of making, at 00:00 UTC.
func (c *Certificate) Date() time.Time { return time.Unix(int64(c.body.Day)*secondsADay, 0).UTC() }

// SetName is the short name of the set: four letters of Base32, the first 20
// bits of its salt. It helps people and proves nothing.
func (c *Certificate) SetName() string { return base32.StdEncoding.EncodeToString(c.body.Salt)[:4] }

// Same reports whether c and d are certificates of one set: by one signer, of
// the same shares. The salt alone would not do, as anybody can copy it into a
// certificate of his own.
func (c *Certificate) Same(d *Certificate) bool {
	return c.signer.Equal(d.signer) && c.account.Matches(d.account) &&
		bytes.Equal(c.body.Salt, d.body.Salt) && bytes.Equal(c.body.Commitments, d.body.Commitments)
}

// Sealed reports whether the certificate covers the shares 1 to Of only.
func (c *Certificate) Sealed() bool { return c.covers() == c.Quorum().Of }

func (c *Certificate) covers() int { return len(c.body.Commitments) / commitmentLen }

// Class is the class of data that the set recovers; empty in version 1, for
// the whole account.
func (c *Certificate) Class() string { return c.body.Class }

// RecordHost is the host that keeps the recovery record, or empty.
func (c *Certificate) RecordHost() string { return c.body.RecordHost }

// Signer is the key that signed, said to be the account's
// AdministratorSignature key; Verify asks.
func (c *Certificate) Signer() *cogen.PublicKey { return c.signer }

// Verify checks that the certificate is of this account and was signed by its
// AdministratorSignature key. Both come from the account's verified profile or
// from its recovered seed. Without that key, as with a profile that has none,
// it fails.
func (c *Certificate) Verify(account udf.Fingerprint, administrator *cogen.PublicKey) error {
	if !account.Matches(c.account) {
		return errors.New("record: the certificate is of another account")
	}
	if administrator == nil || !c.signer.Equal(administrator) {
		return errors.New("record: the certificate is not signed by the account's administrator key")
	}
	return nil
}
