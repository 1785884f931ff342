package group

import (
	"fmt"
	"sync"

	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
	"meshkey/mesh"
)

// signingFile has one of the structures that signers exchange, under its tag.
// docs/FORMATS.md, "Signatures of a group".
type signingFile struct {
	jsonb.Rest
	Signers        *signersBody        `jsonb:"GroupSigners"`
	SigningShare   *signingShareBody   `jsonb:"GroupSigningShare"`
	Nonces         *noncesBody         `jsonb:"GroupNonces"`
	Commitment     *commitmentBody     `jsonb:"GroupCommitment"`
	Signing        *signingBody        `jsonb:"GroupSigning"`
	SignatureShare *signatureShareBody `jsonb:"GroupSignatureShare"`
}

// Their tags are the MessageType of the envelopes they are in.
const (
	tagSigners        = "GroupSigners"
	tagSigningShare   = "GroupSigningShare"
	tagNonces         = "GroupNonces"
	tagCommitment     = "GroupCommitment"
	tagSignatureShare = "GroupSignatureShare"
)

type signersBody struct {
	jsonb.Rest
	Version    int64               `jsonb:"Version"`
	Profile    jsonb.Raw           `jsonb:"EnvelopedProfileGroup"`
	Commitment [][]byte            `jsonb:"Commitment"`
	Holders    []*sharesHolderBody `jsonb:"Holders"`
}

type sharesHolderBody struct {
	jsonb.Rest
	Index  string      `jsonb:"Index"`
	Member *memberBody `jsonb:"Member"`
}

// ofSigners begins what belongs to certain signers.
type ofSigners struct {
	jsonb.Rest
	Version int64  `jsonb:"Version"`
	Signers []byte `jsonb:"Signers"` // digest of the body of their record
}

type signingShareBody struct {
	ofSigners
	Index string        `jsonb:"Index"`
	Share *secret.Bytes `jsonb:"Share"` // scalar, little-endian
}

type noncesBody struct {
	ofSigners
	Nonces *secret.Bytes `jsonb:"Nonces"`
}

type commitmentBody struct {
	ofSigners
	Commitment []byte `jsonb:"Commitment"`
}

type signingBody struct {
	ofSigners
	Digest      []byte      `jsonb:"PayloadDigest"` // of the document
	Commitments []jsonb.Raw `jsonb:"Commitments"`   // envelopes of GroupCommitments
}

type signatureShareBody struct {
	ofSigners
	Share []byte `jsonb:"Share"`
}

var signingSchema = sync.OnceValue(func() *jsonb.Schema { return jsonb.NewSchema(nil, &signingFile{}, &mesh.PublicKeyECDH{}) })

// bytes writes the file.
func (f *signingFile) bytes() ([]byte, error) {
	b, err := signingSchema().Marshal(f, jsonb.JSON)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return b, nil
}

// wipe clears the secrets in it.
func (f *signingFile) wipe() { signingSchema().Wipe(f) }

// parseSigning reads a file. Which structure is in it is to be asked of the
// result.
func parseSigning(b []byte) (*signingFile, error) {
	f := &signingFile{}
	if err := signingSchema().Unmarshal(b, f); err != nil {
		f.wipe()
		return nil, fmt.Errorf("group: %w", err)
	}
	return f, nil
}
