package check

import (
	"errors"
	"fmt"

	"meshkey/cogen"
	"meshkey/vectors"
)

// partials checks each contribution by its proof and by making it again, and
// what they come to. Proofs are not the same twice.
func partials(c vectors.Case[vectors.Partials]) error {
	var f findings
	d := c.Data
	a, err := algorithm(d.Algorithm)
	if f.failed("algorithm", err) {
		return f.err()
	}
	key, err := a.NewPublicKey(d.Key)
	f.failed("key", err)
	peer, err := a.NewPublicKey(d.Ephemeral)
	if f.failed("ephemeral key", err) || key == nil {
		return f.err()
	}
	ctx := cogen.Context{Group: d.Group, Request: d.Request, Grantee: d.Grantee, Highest: d.Highest}
	for _, i := range d.Present {
		ctx.Present = append(ctx.Present, indexOf(i))
	}
	var parts []cogen.Contributor
	for _, p := range d.Partials {
		read, err := a.ParsePartial(indexOf(p.Index), p.Point, p.Proof)
		if err != nil && c.Result == "form" {
			return nil
		}
		if f.failed("contribution", err) {
			return f.err()
		}
		f.octets("point", read.Bytes(), p.Point)
		f.octets("proof", read.Proof(), p.Proof)
		k, err := a.NewPrivateScalar(p.Scalar)
		if f.failed("scalar", err) {
			return f.err()
		}
		f.octets("public", k.PublicKey().Bytes(), p.Public)
		parts = append(parts, cogen.Contributor{Partial: read, Holder: k.PublicKey()})
		if c.Result == vectors.OK && (p.Index == 0 || d.Highest == 0 && d.Present == nil) {
			again, err := k.Agree(peer)
			f.failed("contribution", err)
			f.octets("point", again.Bytes(), p.Point)
		}
	}
	got, err := cogen.CombineVerified(key, peer, ctx, parts...)
	if c.Result != vectors.OK {
		f.same("result", refusal(err), c.Result)
		f.same("culprits", fmt.Sprint(culprits(err)), fmt.Sprint(d.Culprits))
		return f.err()
	}
	f.failed("agreement", err)
	f.octets("agreement", got, d.Agreement)
	return f.err()
}

// indexOf is the zero Index for 0.
func indexOf(i uint64) cogen.Index {
	if i == 0 {
		return cogen.Index{}
	}
	return cogen.NewIndex(i)
}

// refusal is the class of failure that err is.
func refusal(err error) string {
	switch {
	case errors.Is(err, cogen.ErrQuorum):
		return "too-few"
	case len(culprits(err)) > 0:
		return "culprit"
	}
	return fmt.Sprint(err)
}

// culprits are the indexes of the holders that err names.
func culprits(err error) []uint64 {
	var named []uint64
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range all.Unwrap() {
			var wrong *cogen.ProofError
			if errors.As(err, &wrong) {
				i, _ := wrong.Index.Uint64()
				named = append(named, i)
			}
		}
	}
	return named
}
