package check

import (
	"crypto/sha256"
	"strings"

	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/shamir"
	"meshkey/udf"
	"meshkey/vectors"
)

func profiles(c vectors.Case[vectors.Profile]) error {
	var f findings
	d := c.Data
	s := seed(&f, d.Seed)
	if s == nil {
		return f.err()
	}
	f.same("specifier", s.Specifier().String(), d.Specifier)
	derived(&f, s, d.Keys)
	inProfile(&f, s, d.Keys)
	if d.Address != "" {
		published(&f, d.Address, d.Keys)
	}
	return f.err()
}

// derived checks every key from the seed on.
func derived(f *findings, s *udf.Seed, keys []vectors.NamedKey) {
	for _, k := range keys {
		a, err := algorithm(k.Algorithm)
		if f.failed(k.Name, err) {
			continue
		}
		private, err := s.Key(a, k.Label)
		if f.failed(k.Name, err) {
			continue
		}
		public := private.PublicKey().Bytes()
		f.octets(k.Name+" private", private.Bytes(), k.Private)
		f.octets(k.Name+" public", public, k.Public)
		got := udf.KeyFingerprint(a, public)
		f.same(k.Name, got.String(), k.Fingerprint)
		fingerprint(f, k.Fingerprint, got)
	}
}

// inProfile checks that package profile gives the same keys the same names.
func inProfile(f *findings, s *udf.Seed, keys []vectors.NamedKey) {
	octets := s.Octets()
	got := map[string]string{}
	switch s.Specifier() {
	case udf.MeshProfileAccount:
		read, err := profile.SeedFromOctets(octets)
		if f.failed("seed", err) {
			return
		}
		account, err := read.Account()
		if f.failed("account", err) {
			return
		}
		defer account.Wipe()
		for _, k := range account.Keys() {
			got[k.Name] = k.Fingerprint.String()
		}
		for _, store := range profile.Stores() {
			k, err := account.StoreKey(store)
			if !f.failed(store, err) {
				got[store] = udf.KeyFingerprint(k.Algorithm(), k.PublicKey().Bytes()).String()
			}
		}
	case udf.MeshProfileDevice:
		device, err := profile.NewDevice(s)
		if f.failed("device", err) {
			return
		}
		defer device.Wipe()
		for _, k := range device.Keys() {
			got[k.Name] = k.Fingerprint.String()
		}
	}
	for _, k := range keys {
		f.same(k.Container+" "+k.Name, got[today(k)], k.Fingerprint)
	}
}

// today is the name that package profile has for a key: devices have dropped
// "Base", and an activation names the common keys of an account more shortly.
func today(k vectors.NamedKey) string {
	switch k.Container {
	case "ProfileUser", "Entries": // entries of an activation are keys of stores
		return k.Name
	case "ProfileDevice":
		return strings.TrimPrefix(k.Name, "Base")
	case "ActivationCommon":
		return "Common" + k.Name
	}
	return "no key"
}

// published checks that the signed profile of the account, which is among the
// envelopes, has the address and the keys.
func published(f *findings, address string, keys []vectors.NamedKey) {
	for c := range vectors.Each[vectors.Envelope]("dare") {
		if c.Data.Message != "ProfileUser" || c.Data.Signer == nil || c.Data.Signer.Kid != keys[0].Fingerprint {
			continue
		}
		p, err := profile.Parse(c.Data.Envelope)
		if f.failed(c.Name, err) {
			return
		}
		f.same("address", p.Address(), address)
		for _, k := range keys {
			if public := p.Key(k.Name); public == nil {
				f.add("%s is not in the signed profile", k.Name)
			} else {
				f.octets(k.Name+" in the signed profile", public.Bytes(), k.Public)
			}
		}
		return
	}
	f.add("no signed profile of %s", keys[0].Fingerprint)
}

func escrow(c vectors.Case[vectors.Escrow]) error {
	var f findings
	d := c.Data
	read := parseShares(&f, d.Shares)
	if f.err() != nil {
		return f.err()
	}
	combined(&f, read, d.Need, d.Secret)
	recreated(&f, read, d.Need)
	octets, err := shamir.Combine(read)
	if f.failed("shares", err) {
		return f.err()
	}
	s, err := udf.SeedFromOctets(octets)
	if f.failed("seed", err) {
		return f.err()
	}
	f.same("seed", s.Text(), d.Seed)
	derived(&f, s, d.Keys)
	inProfile(&f, s, d.Keys)
	published(&f, d.Address, d.Keys)
	for _, e := range d.Envelopes {
		e.Recipient.Seed = s.Text() // the escrow key comes from the shares, too
		escrowed(&f, e)
	}
	return f.err()
}

// escrowed opens the private key in an envelope.
func escrowed(f *findings, d vectors.EscrowedKey) {
	e := parseEnvelope(f, d.Envelope)
	key := opener(f, d.Recipient)
	if e == nil || key == nil {
		return
	}
	if e.Signed() {
		f.add("%s is signed", d.Source)
	}
	plaintext := opened(f, e, key, d.Sealed)
	hash := sha256.Sum256(plaintext)
	f.octets("sha256", hash[:], d.SHA256)
	rsaKey(f, plaintext, d)
}

// rsaKey checks the RSA key that was in an envelope.
func rsaKey(f *findings, plaintext []byte, d vectors.EscrowedKey) {
	data, err := mesh.ParseAs[mesh.KeyData](plaintext)
	if f.failed(d.Source, err) {
		return
	}
	k, ok := data.PrivateParameters.(*mesh.PrivateKeyRSA)
	if !ok {
		f.add("%s has no private RSA key", d.Source)
		return
	}
	f.octets("modulus", k.N, d.RSA.N)
	f.octets("exponent", k.E, d.RSA.E)
	f.same("name of the RSA key", data.Udf, d.RSA.Fingerprint)
	got, err := udf.RSAFingerprint(k.N, k.E)
	f.failed("fingerprint", err)
	f.same("fingerprint of the RSA key", got.String(), d.RSA.Fingerprint)
}
