package profile

import "meshkey/udf"

// A Service has the keys of a service of the Mesh, private ones included:
// draft-hallambaker-mesh-schema, ProfileService. It is secret.
type Service struct{ *keyring }

// NewServiceSeed makes the seed of a service, of 32 fresh random octets.
func NewServiceSeed() *udf.Seed { return freshSeed(udf.MeshProfileService) }

// NewService derives the keys of a service from its seed, one with the
// specifier MeshProfileService (260); the error is a *KindError for another. The
// seed stays the caller's.
func NewService(seed *udf.Seed) (*Service, error) {
	ring, err := deriveAs(udf.MeshProfileService, seed, serviceKeys)
	if err != nil {
		return nil, err
	}
	return &Service{ring}, nil
}
