package escrow

import (
	"crypto/subtle"
	"errors"
	"fmt"

	"meshkey/internal/secret"
	"meshkey/profile"
	"meshkey/record"
	"meshkey/shamir"
	"meshkey/udf"
)

// check proves the kit before anybody gets it: the certificate reads back and
// is the account's, each share reads back from its text and is genuine by the
// certificate, and every quorum gives the seed.
func (k *Kit) check(seed *profile.Seed, account *profile.Account) error {
	cert, err := record.ParseCertificate(k.CertificateText)
	if err != nil {
		return fmt.Errorf("escrow: the certificate does not read back: %w", err)
	}
	administrator := account.Private(profile.AdministratorSignature).PublicKey()
	if err := cert.Verify(k.Fingerprint, administrator); err != nil {
		return fmt.Errorf("escrow: the certificate is wrong: %w", err)
	}
	read := make([]shamir.Share, len(k.Shares))
	for i, s := range k.Shares {
		if read[i], err = udf.ParseShare(udf.FormatShare(s)); err != nil || !read[i].Equal(s) {
			return fmt.Errorf("escrow: share %d does not read back", i+1)
		}
		defer read[i].Wipe()
		if err := cert.Check(read[i]); err != nil {
			return fmt.Errorf("escrow: the certificate does not know its own share: %w", err)
		}
	}
	return checkQuorums(seed, read, k.Quorum.Need)
}

// checkQuorums combines every set of need shares: 6,435 times at most.
func checkQuorums(seed *profile.Seed, shares []shamir.Share, need int) error {
	want := seed.Octets()
	defer secret.Wipe(want)
	for chosen := range quorums(shares, need) {
		got, err := shamir.Combine(chosen)
		same := subtle.ConstantTimeCompare(got, want) == 1
		secret.Wipe(got)
		if err != nil || !same {
			return errors.New("escrow: a quorum does not give the seed back")
		}
	}
	return nil
}

// quorums yields every choice of need shares, in a slice that is used again.
func quorums(shares []shamir.Share, need int) func(yield func([]shamir.Share) bool) {
	return func(yield func([]shamir.Share) bool) {
		chosen := make([]shamir.Share, 0, need)
		var choose func(from int) bool
		choose = func(from int) bool {
			if len(chosen) == need {
				return yield(chosen)
			}
			for i := from; i <= len(shares)-(need-len(chosen)); i++ {
				chosen = append(chosen, shares[i])
				ok := choose(i + 1)
				chosen = chosen[:len(chosen)-1]
				if !ok {
					return false
				}
			}
			return true
		}
		choose(0)
	}
}
