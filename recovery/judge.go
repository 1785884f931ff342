package recovery

import (
	"bytes"
	"crypto/subtle"

	"meshkey/internal/secret"
	"meshkey/profile"
	"meshkey/record"
	"meshkey/shamir"
	"meshkey/udf"
)

// A judge tells whether a text is that of the right share. It is made anew for
// each goroutine, which wipes it.
type judge struct {
	right func(text []byte) bool
	space []byte // that right works in: octets of the share, or of the seed
}

func (j judge) wipe() { secret.Wipe(j.space) }

// byCommitment judges by the certificate: one hash a text.
func byCommitment(c *record.Certificate) judge {
	space := make([]byte, maxOctets)
	return judge{func(text []byte) bool {
		octets, ok := pack(space, text)
		return ok && c.KnowsOctets(octets[1:])
	}, space}
}

// A quorum is all shares of one but a doubtful one: Need-1 of different numbers.
type quorum struct {
	need, secretLen int
	trials          [shamir.MaxOf + 2]*shamir.Trial // by the number of the doubtful one
}

// newQuorum takes the known shares, all of one need and length; with none, the
// doubtful one alone is a quorum, of a secret of secretLen octets.
func newQuorum(known []shamir.Share, secretLen int) *quorum {
	q := &quorum{need: len(known) + 1, secretLen: secretLen}
	for x := 1; x < len(q.trials); x++ {
		octets := make([]byte, 1+secretLen)
		octets[0] = byte(q.need<<4 | (x - 1))
		doubtful, err := shamir.ParseShare(octets)
		if err != nil {
			continue
		}
		if t, err := shamir.NewTrial(known, doubtful); err == nil {
			q.trials[x] = t
		}
	}
	return q
}

func (q *quorum) wipe() {
	for _, t := range q.trials {
		if t != nil {
			t.Wipe()
		}
	}
}

// byAccount judges by the account that the shares give together. Most texts
// cost no more than a multiplication; only those that give the seed of an
// account cost a key.
func (q *quorum) byAccount(want udf.Fingerprint) judge {
	seed := make([]byte, q.secretLen)
	return judge{func(text []byte) bool { return q.into(seed, text) && isSeedOf(seed, want) }, seed}
}

// bySeed judges by the seed itself, once it is known.
func (q *quorum) bySeed(want []byte) judge {
	seed := make([]byte, q.secretLen)
	return judge{func(text []byte) bool { return q.into(seed, text) && subtle.ConstantTimeCompare(seed, want) == 1 }, seed}
}

// seed is the seed of an account that a text of the doubtful share gives, the
// caller's to wipe, or nil.
func (q *quorum) seed(text []byte, want udf.Fingerprint) []byte {
	seed := make([]byte, q.secretLen)
	if q.into(seed, text) && isSeedOf(seed, want) {
		return seed
	}
	secret.Wipe(seed)
	return nil
}

// into puts what a text of the doubtful share gives into seed.
func (q *quorum) into(seed, text []byte) bool {
	var space [maxOctets]byte
	defer clear(space[:])
	octets, ok := pack(space[:], text)
	if !ok || len(octets) != 2+q.secretLen || int(octets[1]>>4) != q.need {
		return false
	}
	trial := q.trials[octets[1]&15+1]
	return trial != nil && trial.Secret(seed, octets[2:])
}

// seedStart is how the seed of an account begins: its type, its specifier.
var seedStart = []byte{200, 1, 2}

// isSeedOf reports whether octets are the seed of an account.
func isSeedOf(octets []byte, want udf.Fingerprint) bool {
	if !bytes.HasPrefix(bytes.TrimLeft(octets, "\x00"), seedStart) {
		return false
	}
	seed, err := profile.SeedFromOctets(octets)
	if err != nil {
		return false
	}
	defer seed.Wipe()
	got, err := seed.Fingerprint()
	return err == nil && got.Matches(want)
}

// combined judges several texts at once: the shares that they spell, with the
// known ones, give the account. The texts are few, so nothing is saved.
func combined(known []shamir.Share, texts [][]byte, want udf.Fingerprint) bool {
	shares := append([]shamir.Share(nil), known...)
	for _, text := range texts {
		share, ok := parse(text)
		if !ok {
			return false
		}
		defer share.Wipe()
		shares = append(shares, share)
	}
	octets, err := shamir.Combine(shares)
	defer secret.Wipe(octets)
	return err == nil && isSeedOf(octets, want)
}
