package check

import (
	"meshkey/cogen"
	"meshkey/vectors"
)

func contributions(c vectors.Case[vectors.Contributions]) error {
	var f findings
	d, context := c.Data, []byte(c.Data.Context)
	a, err := algorithm(d.Algorithm)
	if f.failed("algorithm", err) {
		return f.err()
	}
	var names []string
	var all []*cogen.Contribution
	var private []*cogen.PrivateKey
	for _, p := range d.Parties {
		k, err := a.NewPrivateScalar(p.Scalar)
		if f.failed(p.Name, err) {
			return f.err()
		}
		f.octets(p.Name+" public", k.PublicKey().Bytes(), p.Public)
		one, err := cogen.ParseContribution(p.Contribution)
		if f.failed(p.Name, err) {
			return f.err()
		}
		f.octets(p.Name+" written again", one.Bytes(), p.Contribution)
		f.octets(p.Name+" public", one.PublicKey().Bytes(), p.Public)
		f.failed(p.Name, one.Verify(context))
		if !k.PublicKey().VerifyPossession(context, p.Name, p.Proof) {
			f.add("%s: the proof does not verify", p.Name)
		}
		commitment := one.Commit()
		f.octets(p.Name+" commitment", commitment[:], p.Commitment)
		names, all, private = append(names, p.Name), append(all, one), append(private, k)
	}
	t, err := cogen.NewTranscript(a, context, names...)
	if f.failed("transcript", err) {
		return f.err()
	}
	for _, one := range all {
		f.failed(one.Name(), t.Commit(one.Name(), one.Commit()))
	}
	f.octets("committed", t.Bytes(), d.Committed)
	for _, one := range all {
		f.failed(one.Name(), t.Reveal(one))
	}
	f.octets("transcript", t.Bytes(), d.Transcript)
	digest := t.Digest()
	f.octets("digest", digest[:], d.Digest)
	key, err := t.Key()
	if !f.failed("key", err) {
		f.octets("public", key.Bytes(), d.Public)
	}
	whole, err := cogen.CombinePrivate(private...)
	if !f.failed("sum", err) {
		f.octets("public, of the sum", whole.PublicKey().Bytes(), d.Public)
	}
	if read, err := cogen.ParseTranscript(d.Transcript); !f.failed("transcript", err) {
		for _, one := range all {
			f.failed(one.Name(), read.Verify(one))
		}
	}
	return f.err()
}
