package check

import (
	"slices"

	"meshkey/cogen"
	"meshkey/internal/curve"
	"meshkey/profile"
	"meshkey/udf"
	"meshkey/vectors"
)

// curveOf is the curve of an algorithm, for what keys do not show.
func curveOf(a cogen.Algorithm) *curve.Curve {
	all := []*curve.Curve{curve.X25519(), curve.X448(), curve.Ed25519(), curve.Ed448()}
	return all[slices.IndexFunc(all, func(c *curve.Curve) bool { return c.String() == a.String() })]
}

// summand checks all that a key has, and returns its private key, which is nil
// if the case does not have it, and its public key.
func summand(f *findings, what string, a cogen.Algorithm, k vectors.Summand) (*cogen.PrivateKey, *cogen.PublicKey) {
	public, err := a.NewPublicKey(k.Public)
	if f.failed(what+" public", err) {
		return nil, nil
	}
	f.octets(what+" public", public.Bytes(), k.Public)
	coordinates(f, what, curveOf(a), k)
	if k.Fingerprint != "" {
		got := udf.KeyFingerprintAs(k.ContentType, a, k.Public)
		f.same(what+" fingerprint", got.String(), k.Fingerprint)
		fingerprint(f, k.Fingerprint, got)
	}
	var private *cogen.PrivateKey
	if k.Scalar != nil {
		if private, err = a.NewPrivateScalar(k.Scalar); f.failed(what+" scalar", err) {
			return nil, public
		}
		f.octets(what+" public, of the scalar", private.PublicKey().Bytes(), k.Public)
	}
	if k.Private != nil {
		made, err := a.NewPrivateKey(k.Private)
		if f.failed(what+" private", err) {
			return nil, public
		}
		f.octets(what+" public, of the private key", made.PublicKey().Bytes(), k.Public)
		private = made
	}
	return private, public
}

func coordinates(f *findings, what string, c *curve.Curve, k vectors.Summand) {
	p, err := c.Decode(k.Public)
	if f.failed(what+" point", err) {
		return
	}
	first, second := p.Coordinates()
	f.octets(what+" u", first, k.U)
	f.octets(what+" v", second, k.V)
	f.octets(what+" x", first, k.X)
	f.octets(what+" y", second, k.Y)
}

// sum checks the sum of keys on every way there is: private, public, and
// public with one private.
func sum(f *findings, what string, a cogen.Algorithm, private []*cogen.PrivateKey, public []*cogen.PublicKey, want vectors.Summand) {
	composite, total := summand(f, what, a, want)
	if total == nil || slices.Contains(public, nil) {
		f.add("%s: a public key is missing", what)
		return
	}
	if !total.IsSum(public...) {
		f.add("%s is not the sum", what)
	}
	if last := private[len(private)-1]; len(public) == 2 && last != nil {
		plus, err := public[0].Plus(last)
		if !f.failed(what, err) {
			f.octets(what+" public, with one private key", plus.Bytes(), want.Public)
		}
	}
	if slices.Contains(private, nil) {
		return
	}
	made, err := cogen.CombinePrivate(private...)
	if f.failed(what, err) {
		return
	}
	f.octets(what+" scalar", made.Bytes(), want.Scalar)
	f.octets(what+" public, of the sum", made.PublicKey().Bytes(), want.Public)
	if composite != nil && a.IsSignature() {
		signature, err := composite.Sign([]byte(what))
		if !f.failed(what, err) && !total.Verify([]byte(what), signature) {
			f.add("%s signs what does not verify", what)
		}
	}
}

func composite(c vectors.Case[vectors.Composite]) error {
	var f findings
	d := c.Data
	a, err := algorithm(d.Algorithm)
	if f.failed("algorithm", err) {
		return f.err()
	}
	var private []*cogen.PrivateKey
	var public []*cogen.PublicKey
	for _, k := range d.Summands {
		s := seed(&f, k.Seed)
		if s == nil {
			return f.err()
		}
		derive := map[string]func(udf.Specifier, string) ([]byte, error){"info": s.PrivateValue, "salt": s.PrivateValueSalted}[d.Form]
		if derive == nil {
			f.add("there is no form %q", d.Form)
			return f.err()
		}
		octets, err := derive(udf.SpecifierOf(a), k.Label)
		f.failed(k.Name, err)
		f.octets(k.Name+" private", octets, k.Private)
		x, p := summand(&f, k.Name, a, k)
		private, public = append(private, x), append(public, p)
	}
	sum(&f, "composite", a, private, public, d.Composite)
	return f.err()
}

// endings are those of the labels of keys.
var endings = map[string]string{
	profile.Encryption: "Encrypt", profile.Signature: "Sign", profile.Authentication: "Authenticate",
}

func composition(c vectors.Case[vectors.Composition]) error {
	var f findings
	d := c.Data
	seeds := map[string]*udf.Seed{}
	for what, text := range map[string]string{"device": d.Seed, "activation": d.Activation} {
		if text != "" {
			if seeds[what] = seed(&f, text); seeds[what] == nil {
				return f.err()
			}
		}
	}
	if s := seeds["activation"]; s != nil {
		f.same("specifier", s.Specifier().String(), d.Specifier)
	}
	for _, k := range d.Keys {
		a, err := algorithm(k.Algorithm)
		if f.failed("algorithm", err) {
			return f.err()
		}
		if s := seeds["activation"]; s != nil {
			f.same(k.Name+" label", k.Activation.Label, "ActivationDevice"+endings[k.Name])
			derivedSummand(&f, k.Name+" activation", a, s, k.Activation)
		}
		if s := seeds["device"]; s != nil {
			f.same(k.Name+" label", k.Base.Label, "BaseDevice"+endings[k.Name])
			derivedSummand(&f, k.Name+" base", a, s, k.Base)
		}
		k.Base.ContentType, k.Composite.ContentType = d.ContentType, d.ContentType
		x1, p1 := summand(&f, k.Name+" base", a, k.Base)
		x2, p2 := summand(&f, k.Name+" activation", a, k.Activation)
		sum(&f, k.Name+" composite", a, []*cogen.PrivateKey{x1, x2}, []*cogen.PublicKey{p1, p2}, k.Composite)
	}
	if seeds["device"] != nil && seeds["activation"] != nil {
		activated(&f, seeds["device"], seeds["activation"], d.Keys)
	}
	return f.err()
}

func derivedSummand(f *findings, what string, a cogen.Algorithm, s *udf.Seed, k vectors.Summand) {
	made, err := s.Key(a, k.Label)
	if !f.failed(what, err) {
		f.octets(what+" private", made.Bytes(), k.Private)
		f.octets(what+" public", made.PublicKey().Bytes(), k.Public)
	}
}

// activated checks that package profile gives the device the same keys.
func activated(f *findings, device, activation *udf.Seed, keys []vectors.ComposedKey) {
	d, err := profile.NewDevice(device)
	if f.failed("device", err) {
		return
	}
	defer d.Wipe()
	a, err := profile.NewActivation(activation)
	if f.failed("activation", err) {
		return
	}
	defer a.Wipe()
	active, err := d.Activate(a)
	if f.failed("activated device", err) {
		return
	}
	defer active.Wipe()
	got := map[string]*cogen.PublicKey{}
	for _, k := range active.Keys() {
		got[k.Name] = k.Public
	}
	for _, k := range keys {
		if p := got[k.Name]; p == nil {
			f.add("a device has no key %s", k.Name)
		} else {
			f.octets(k.Name+" of the activated device", p.Bytes(), k.Composite.Public)
			f.octets(k.Name+" of the activated device", active.Private(k.Name).Bytes(), k.Composite.Scalar)
		}
	}
}
