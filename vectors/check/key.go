package check

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha512"
	"fmt"

	"meshkey/cogen"
	"meshkey/udf"
	"meshkey/vectors"
)

func algorithm(name string) (cogen.Algorithm, error) { return cogen.ParseAlgorithm(name) }

func key(c vectors.Case[vectors.Key]) error {
	var f findings
	symmetric(&f, c.Data.Text, c.Data.Key)
	if made, err := udf.NewKey(c.Data.Key); !f.failed("key", err) {
		f.same("text", made.Text(), c.Data.Text)
	}
	return f.err()
}

// symmetric reads the text of a key and checks what it says.
func symmetric(f *findings, text string, want vectors.Hex) *udf.Key {
	k, err := udf.ParseKey(text)
	if f.failed("key", err) {
		return nil
	}
	f.same("key written again", k.Text(), text)
	f.octets("key", k.Octets(), want)
	return k
}

func nonce(c vectors.Case[vectors.Nonce]) error {
	var f findings
	text, err := udf.FormatNonce(c.Data.Nonce)
	f.failed("nonce", err)
	f.same("text", text, c.Data.Text)
	read, err := udf.ParseNonce(c.Data.Text)
	f.failed("text", err)
	f.octets("nonce", read, c.Data.Nonce)
	return f.err()
}

func earl(c vectors.Case[vectors.EARL]) error {
	var f findings
	e, err := udf.ParseEARL(c.Data.EARL)
	if f.failed("earl", err) {
		return f.err()
	}
	f.same("earl written again", e.Text(), c.Data.EARL)
	f.octets("key", e.Key.Octets(), c.Data.Key)
	locator := e.Key.LocatorAs(c.Data.ContentType)
	f.same("locator", locator.Text(udf.LocatorBits), c.Data.Locator)
	fingerprint(&f, c.Data.Locator, locator)
	f.same("url", e.URLAs(c.Data.ContentType), c.Data.URL)
	return f.err()
}

func publication(c vectors.Case[vectors.Publication]) error {
	var f findings
	d := c.Data
	e, err := udf.ParseEARL(d.EARL)
	if f.failed("earl", err) {
		return f.err()
	}
	f.same("earl written again", e.Text(), d.EARL)
	f.octets("key", e.Key.Octets(), d.Key)
	f.same("identifier", e.Key.Identifier(), d.Identifier)
	service, err := e.Key.Authenticator(udf.ServiceAuthenticator)
	if !f.failed("authenticator", err) {
		f.same("authenticator", service.Text(), d.Authenticator)
		f.same("service", service.MAC([]byte(d.Account)).String(), d.Service)
	}
	device, err := e.Key.Authenticator(udf.DeviceAuthenticator)
	if !f.failed("device's authenticator", err) {
		f.same("device", device.MAC([]byte(d.Account)).String(), d.Device)
	}
	return f.err()
}

// specifier finds the specifier of a name.
func specifier(name string) (udf.Specifier, error) {
	for s := range udf.MeshActivationService + 1 {
		if s.Known() && s.String() == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("no specifier is called %q", name)
}

// seed reads the text of a seed.
func seed(f *findings, text string) *udf.Seed {
	s, err := udf.ParseSeed(text)
	if f.failed("seed", err) {
		return nil
	}
	f.same("seed written again", s.Text(), text)
	return s
}

func derivation(c vectors.Case[vectors.Derivation]) error {
	var f findings
	d := c.Data
	alg, err := specifier(d.Algorithm)
	s := seed(&f, d.Seed)
	if f.failed("algorithm", err) || s == nil {
		return f.err()
	}
	private, err := s.PrivateValueSalted(alg, "")
	f.failed("private", err)
	f.octets("private", private, d.Private)
	if a, err := algorithm(d.Algorithm); err == nil {
		made, err := a.NewPrivateKey(d.Private)
		if !f.failed("private key", err) {
			f.octets("public", made.PublicKey().Bytes(), d.Public)
		}
	} else if d.Public != nil {
		f.failed("algorithm", err)
	}
	// The steps, on a second way.
	prk, err := hkdf.Extract(sha512.New, s.Octets()[1:], d.Salt)
	f.failed("prk", err)
	f.octets("prk", prk, d.PRK)
	f.octets("salt", []byte{byte(alg >> 8), byte(alg)}, d.Salt)
	if d.Material != nil {
		okm, err := s.DeriveSalted("", "", len(d.Material))
		f.failed("material", err)
		f.octets("material", okm, d.Material)
	}
	return f.err()
}

func rsa(c vectors.Case[vectors.RSA]) error {
	var f findings
	s := seed(&f, c.Data.Seed)
	if s == nil {
		return f.err()
	}
	for info, v := range map[string]vectors.RSAPrime{"p": c.Data.P, "q": c.Data.Q} {
		okm, err := s.DeriveSalted("", info, len(v.Material))
		f.failed(info, err)
		f.octets(info, okm, v.Material)
		// Which numbers between are prime is for a test with large numbers.
		same := len(v.Prime) - 2
		if len(v.Prime) != len(okm) || !bytes.Equal(v.Prime[:same], okm[:same]) || bytes.Compare(v.Prime, okm) < 0 {
			f.add("%s: the prime is not the next above the material", info)
		}
	}
	if _, err := s.PrivateValueSalted(s.Specifier(), ""); err == nil {
		f.add("an RSA key is derived")
	}
	return f.err()
}
