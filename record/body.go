package record

import (
	"bytes"
	"errors"
	"unicode"

	"github.com/fxamacker/cbor/v2"

	"meshkey/cogen"
	"meshkey/shamir"
	"meshkey/udf"
)

const (
	version        = 1
	accountLen     = udf.LocatorBits / 8
	saltLen        = 16
	commitmentLen  = 16
	maxIndex       = 15      // shares that are ever made: 1 … 15
	maxText        = 64      // octets of an address or a host
	maxDay         = 2932896 // 9999-12-31, days since 1970-01-01
	maxCertificate = 1024    // octets; twice what the longest has
)

// body is the part of a certificate that is signed.
type body struct {
	Version     uint64 `cbor:"1,keyasint"`
	Account     []byte `cbor:"2,keyasint"`
	Address     string `cbor:"3,keyasint"`
	Need        uint64 `cbor:"4,keyasint"`
	Of          uint64 `cbor:"5,keyasint"`
	Salt        []byte `cbor:"6,keyasint"`
	Day         uint64 `cbor:"7,keyasint"`
	Commitments []byte `cbor:"8,keyasint"`
	Signer      []byte `cbor:"9,keyasint"`
	Class       string `cbor:"10,keyasint"`
	RecordHost  string `cbor:"11,keyasint"`
}

// signed is a certificate as it is written: the body's octets, and the
// signature over context ‖ octets.
type signed struct {
	_         struct{} `cbor:",toarray"`
	Body      []byte
	Signature []byte
}

// signingContext keeps a signature of a certificate from being taken for one
// of anything else.
const signingContext = "meshkey certificate v1"

var encMode = must(cbor.CoreDetEncOptions().EncMode())

// decMode is strict where it is cheap; canonical then asks for the rest by
// writing again what was read.
var decMode = must(cbor.DecOptions{
	DupMapKey:         cbor.DupMapKeyEnforcedAPF,
	IndefLength:       cbor.IndefLengthForbidden,
	TagsMd:            cbor.TagsForbidden,
	MaxNestedLevels:   4,
	MaxArrayElements:  16,
	MaxMapPairs:       16,
	ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
}.DecMode())

func must[T any](mode T, err error) T {
	if err != nil {
		panic("record: " + err.Error()) // the options are constants
	}
	return mode
}

func encode(v any) []byte {
	b, err := encMode.Marshal(v)
	if err != nil {
		panic("record: " + err.Error()) // plain structs of octets, texts and numbers
	}
	return b
}

// decode reads one value into v and refuses octets that encode would not write.
func decode(b []byte, v any) error {
	if err := decMode.Unmarshal(b, v); err != nil {
		return errors.New("record: the certificate is not well formed")
	}
	if !bytes.Equal(encode(v), b) {
		return errors.New("record: the certificate is not in its one valid encoding")
	}
	return nil
}

// check is what every body must fulfil, made or read.
func (b *body) check() error {
	q := shamir.Quorum{Need: int(min(b.Need, 99)), Of: int(min(b.Of, 99))}
	switch account, err := udf.FingerprintFromOctets(b.Account); {
	case b.Version != version:
		return errors.New("record: the certificate is of a version this program does not know")
	case len(b.Account) != accountLen || err != nil || !account.Type().IsDigest():
		return errors.New("record: the certificate names no account")
	case q.Validate() != nil:
		return errors.New("record: the certificate's quorum is impossible")
	case len(b.Salt) != saltLen:
		return errors.New("record: the certificate's salt has the wrong length")
	case b.Day > maxDay:
		return errors.New("record: the certificate's date is out of range")
	case len(b.Commitments) != commitmentLen*maxIndex && len(b.Commitments) != commitmentLen*q.Of:
		return errors.New("record: the certificate has the wrong number of commitments")
	case b.Class != "":
		return errors.New("record: the certificate is for a class of data this program does not know")
	}
	if err := checkText("address", b.Address); err != nil {
		return err
	}
	return checkText("host of the recovery record", b.RecordHost)
}

// checkText refuses what cannot be printed on a sheet or would steer a
// terminal, and what makes a certificate too large for its code.
func checkText(what, s string) error {
	if len(s) > maxText {
		return errors.New("record: the " + what + " is longer than 64 octets")
	}
	for _, r := range s {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return errors.New("record: the " + what + " holds a character that cannot be printed")
		}
	}
	return nil
}

func (b *body) signer() (*cogen.PublicKey, error) {
	k, err := cogen.Ed448().NewPublicKey(b.Signer)
	if err != nil {
		return nil, errors.New("record: the certificate's signer is not an Ed448 key")
	}
	return k, nil
}
