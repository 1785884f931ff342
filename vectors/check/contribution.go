package check

import (
	"errors"

	"meshkey/cogen"
	"meshkey/vectors"
)

func contributions(c vectors.Case[vectors.Contributions]) error {
	var f findings
	if c.Result != vectors.OK {
		return refused(c)
	}
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

// refused checks that a transcript is refused for the right reason.
func refused(c vectors.Case[vectors.Contributions]) error {
	var f findings
	t, err := cogen.ParseTranscript(c.Data.Transcript)
	if err == nil {
		f.same("algorithm", t.Algorithm().String(), c.Data.Algorithm)
		if _, err = t.Key(); err == nil {
			f.add("the transcript is taken")
			return f.err()
		}
		f.same("result", "identity", c.Result)
		if _, missing := t.Missing(); missing != nil {
			f.add("contributions are missing")
		}
		return f.err()
	}
	var wrong *cogen.ContributionError
	switch {
	case errors.As(err, &wrong):
		f.same("result", "culprit", c.Result)
		f.same("culprit", wrong.Name, c.Data.Culprit)
	case errors.Is(err, cogen.ErrEarly):
		f.same("result", "early", c.Result)
	default:
		f.same("result", "form", c.Result)
	}
	return f.err()
}
