package api

import (
	"meshkey/internal/jsonb"
	"meshkey/mesh"
)

// HelloRequest asks which service this is. It may come unsigned.
type HelloRequest struct{ jsonb.Rest }

// MeshHelloResponse says it.
type MeshHelloResponse struct {
	ResponseBase
	Version                 *Version      `jsonb:"Version"`
	EnvelopedProfileService mesh.Envelope `jsonb:"EnvelopedProfileService"`

	// EnvelopedHostStatement names the TLS key of the host, signed by the
	// service; an addition of ours, docs/FORMATS.md.
	EnvelopedHostStatement mesh.Envelope `jsonb:"EnvelopedHostStatement"`
}

// Version is that of the protocol and the encodings that are read.
type Version struct {
	jsonb.Rest
	Major     int64       `jsonb:"Major"`
	Minor     int64       `jsonb:"Minor"`
	Encodings []*Encoding `jsonb:"Encodings"`
}

// Encoding is one encoding, by its media types.
type Encoding struct {
	jsonb.Rest
	ID []string `jsonb:"ID"`
}

// NewVersion is the version of the protocol that this package speaks.
func NewVersion() *Version {
	return &Version{Major: 3, Encodings: []*Encoding{{ID: []string{"application/json"}}}}
}
