package check

import (
	"errors"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/curve"
	"meshkey/udf"
	"meshkey/vectors"
)

// unsafeSigned makes a signature by the two schemes of the Mesh's drafts. It is
// here for their vectors and for nothing else: whoever answers in several
// sessions at a time gives his key away to those who open them (Drijvers and
// others, "On the Security of Two-Round Multi-Signatures", 2019; Benhamouda and
// others, "On the (in)security of ROS", 2020). Package frost signs.
func unsafeSigned(c vectors.Case[vectors.ThresholdSignature]) error {
	var f findings
	d := c.Data
	a, err := algorithm(d.Algorithm)
	if err != nil || !a.IsSignature() {
		return errors.New("not an algorithm for signatures")
	}
	public, secrets := unsafeKeys(&f, a, d)
	if len(secrets) != len(d.Signers) {
		f.add("there are not as many signers as keys or shares")
		return f.err()
	}
	// Spec: the drafts' Ed448 signatures of shares are made with shares reduced
	// modulo the order of edwards25519, and their S.B is on that curve; those of
	// threshold-sigs-00 take the nonces for the keys. Here everything is on
	// edwards448.
	group, domain, hash := curveOf(a), "SigEd448\x00\x00", shake256Sum
	if a == cogen.Ed25519() {
		// Spec: Ed25519 signatures are hashed with dom2, flag 0 and an empty
		// context, like the reference's on envelopes.
		domain, hash = "SigEd25519 no Ed25519 collisions\x00\x00", sha512Sum
	}
	f.octets("domain", []byte(domain), d.Domain)

	nonces, sum := make([]*curve.Scalar, len(secrets)), group.NewPoint()
	for i, s := range d.Signers {
		nonces[i] = group.NewScalar().SetWide(s.Nonce)
		r := group.NewPoint().ScalarBaseMult(nonces[i])
		f.octets("commitment", r.Bytes(), s.Commitment)
		sum.Add(sum, r)
	}
	f.octets("sum of commitments", sum.Bytes(), d.Commitment)
	challenge := group.NewScalar().SetWide(hash(slices.Concat(d.Domain, d.Commitment, d.Key.Public, []byte(d.Message))))
	f.octets("challenge", challenge.Bytes(), d.Challenge)
	total := group.NewScalar()
	for i, s := range d.Signers {
		z := group.NewScalar().Mul(challenge, secrets[i])
		f.octets("response", z.Add(z, nonces[i]).Bytes(), s.Response)
		total.Add(total, z)
	}
	f.octets("sum of responses", total.Bytes(), d.Response)
	x, y := group.NewPoint().ScalarBaseMult(total).Coordinates()
	f.octets("x", x, d.Point.X)
	f.octets("y", y, d.Point.Y)
	tail := make([]byte, group.PointLen()-group.ScalarLen())
	f.octets("signature", slices.Concat(sum.Bytes(), total.Bytes(), tail), d.Signature)
	if public != nil && !public.VerifyMesh([]byte(d.Message), d.Signature) {
		f.add("the signature does not verify")
	}
	return f.err()
}

// unsafeKeys checks the keys or shares, and returns the key that the signature
// is by and what each signer multiplies the challenge by.
func unsafeKeys(f *findings, a cogen.Algorithm, d vectors.ThresholdSignature) (*cogen.PublicKey, []*curve.Scalar) {
	group := curveOf(a)
	var secrets []*curve.Scalar
	if d.Keys != nil {
		var private []*cogen.PrivateKey
		var public []*cogen.PublicKey
		for _, k := range d.Keys {
			x, p := seeded(f, a, d.Form, k)
			private, public = append(private, x), append(public, p)
			secrets = append(secrets, group.NewScalar().SetWide(k.Scalar))
		}
		sum(f, "sum of keys", a, private, public, d.Key)
		_, key := summand(f, "key", a, d.Key)
		return key, secrets
	}
	_, public := seeded(f, a, d.Form, d.Key)
	polynomial := []*curve.Scalar{group.NewScalar().SetWide(d.Key.Scalar)}
	for _, b := range d.Coefficients {
		polynomial = append(polynomial, group.NewScalar().SetWide(b))
	}
	for i, share := range d.Shares {
		f.octets("share", value(group, polynomial, uint64(i+1)).Bytes(), share)
	}
	for i, s := range d.Signers {
		weight := group.NewScalar().SetUint64(1)
		at := group.NewScalar().SetUint64(s.Index)
		for j, other := range d.Signers {
			if x := group.NewScalar().SetUint64(other.Index); i != j {
				weight.Mul(weight, x).Mul(weight, x.Invert(x.Sub(x, at)))
			}
		}
		f.octets("weight", weight.Bytes(), s.Weight)
		weight.Mul(weight, value(group, polynomial, s.Index))
		f.octets("weighted share", weight.Bytes(), s.Weighted)
		secrets = append(secrets, weight)
	}
	return public, secrets
}

// seeded is summand of a key that is derived from its seed.
func seeded(f *findings, a cogen.Algorithm, form string, k vectors.Summand) (*cogen.PrivateKey, *cogen.PublicKey) {
	if s := seed(f, k.Seed); s != nil {
		derive := s.PrivateValue
		if form == "salt" {
			derive = s.PrivateValueSalted
		} else {
			f.same("form", form, "info")
		}
		private, err := derive(udf.SpecifierOf(a), "")
		f.failed("private", err)
		f.octets("private", private, k.Private)
	}
	return summand(f, "key", a, k)
}
