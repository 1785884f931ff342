package main

import (
	"meshkey/cmd/internal/exit"
	"meshkey/cogen"
	"meshkey/internal/ceremony"
	"meshkey/internal/secret"
)

// shareFile is what a key file holds after this ceremony.
type shareFile struct {
	Share      string            `json:"share"` // kind of ceremony it comes from
	Version    int               `json:"version"`
	Ceremony   ceremony.Octets   `json:"ceremony"`
	Algorithm  string            `json:"algorithm"`
	Index      string            `json:"index"`
	Commitment []ceremony.Octets `json:"commitment"`
	Scalar     ceremony.Octets   `json:"scalar"` // little-endian
}

func (t *dkgTable) sealShare(share *cogen.Share) ([]byte, error) {
	scalar := share.Scalar()
	defer secret.Wipe(scalar)
	f := shareFile{kindDKG, 1, t.ID(), share.Algorithm().String(), share.Index().String(), nil, scalar}
	for _, point := range share.Commitment().Bytes() {
		f.Commitment = append(f.Commitment, point)
	}
	text, err := ceremony.Encode(f)
	if err != nil {
		return nil, err
	}
	return t.sealOwn(text, "application/json")
}

// openShare reads the own share, and checks it against its commitment.
func (t *dkgTable) openShare() (*cogen.Share, error) {
	path := t.path(keyFile)
	text, err := t.openOwn()
	if err != nil {
		return nil, err
	}
	if text == nil {
		return nil, exit.Errorf(exit.Failed, "%s is not there", path).Hinted("meshkey dkg finish writes it; without --seed only the others' files are checked")
	}
	defer secret.Wipe(text)
	share, err := readShare(text)
	if err != nil {
		return nil, exit.Errorf(exit.Failed, "%s holds no share: %w", path, err)
	}
	return share, nil
}

func readShare(text []byte) (*cogen.Share, error) {
	var f shareFile
	if err := ceremony.Decode(text, &f); err != nil {
		return nil, err
	}
	defer secret.Wipe(f.Scalar)
	alg, err := cogen.ParseAlgorithm(f.Algorithm)
	if err != nil {
		return nil, err
	}
	index, err := cogen.ParseIndex(f.Index)
	if err != nil {
		return nil, err
	}
	var points [][]byte
	for _, p := range f.Commitment {
		points = append(points, p)
	}
	commitment, err := alg.NewCommitment(points)
	if err != nil {
		return nil, err
	}
	return cogen.NewShare(commitment, index, f.Scalar)
}
