package check

import (
	"bytes"
	"crypto/sha512"
	"slices"
	"time"

	"meshkey/profile"
	"meshkey/record"
	"meshkey/shamir"
	"meshkey/udf"
	"meshkey/vectors"
)

func records(c vectors.Case[vectors.Record]) error {
	var f findings
	d := c.Data
	read := parseShares(&f, d.Shares)
	s, err := profile.ParseSeed(d.Seed)
	if f.failed("seed", err) || len(read) != len(d.Commitments) {
		return f.err()
	}
	combined(&f, read, d.Need, s.Octets())
	for i, share := range read {
		sum := sha512.Sum512(slices.Concat([]byte("meshkey share v1"), d.Salt,
			[]byte{byte(share.Index()), byte(udf.TypeShare)}, share.Bytes()))
		f.octets("commitment", sum[:16], d.Commitments[i])
	}
	certificate(&f, d, read, s)
	if key, err := record.NewKey(s.Octets()); !f.failed("record key", err) {
		locator := key.Locator()
		f.same("locator", locator[:min(len(locator), len(d.Locator))], d.Locator)
	}
	return f.err()
}

func certificate(f *findings, d vectors.Record, shares []shamir.Share, s *profile.Seed) {
	cert, err := record.ParseCertificate(d.Certificate)
	if f.failed("certificate", err) {
		return
	}
	f.same("certificate written again", cert.Text(), d.Certificate)
	const signature = 2 + 114 // octets of it and its head
	body := cert.Octets()
	body = body[:len(body)-signature]
	f.octets("body", body[max(0, bytes.IndexByte(body, 0xab)):], d.Body) // from the head of the map on
	f.same("quorum", cert.Quorum().String(), shamir.Quorum{Need: d.Need, Of: d.Of}.String())
	f.same("name", cert.SetName(), d.Name)
	f.same("address", cert.Address(), d.Address)
	f.same("date", cert.Date().Format(time.DateOnly), d.Date)
	if cert.Sealed() != d.Sealed {
		f.add("sealed is %v and should be %v", cert.Sealed(), d.Sealed)
	}
	for i, share := range shares {
		f.failed("share", cert.Check(share))
		octets := share.Bytes()
		octets[1+i] ^= 1
		if other, err := shamir.ParseShare(octets); err != nil || cert.Check(other) == nil {
			f.add("share %d fits with a wrong bit", i+1)
		}
	}
	account, err := s.Account()
	if f.failed("account", err) {
		return
	}
	defer account.Wipe()
	f.failed("certificate", cert.Verify(account.Fingerprint(), account.Private(profile.AdministratorSignature).PublicKey()))
}
