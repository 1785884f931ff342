package check

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha3"
	"crypto/sha512"
	"strconv"

	"meshkey/udf"
	"meshkey/vectors"
)

func digest(c vectors.Case[vectors.Digest]) error {
	var f findings
	d := c.Data
	of, hash := udf.FingerprintOf, sha512.Sum512
	if d.Hash == "SHA-3-512" {
		of, hash = udf.FingerprintSHA3, sha3.Sum512
	} else if d.Hash != "SHA-2-512" {
		f.add("no hash is called %q", d.Hash)
	}
	got := of(d.Data, d.ContentType)
	inner := hash(d.Data)
	f.octets("inner", inner[:], d.Inner)
	f.octets("outer", got.Octets(520)[1:], d.Outer)
	for bits, text := range d.Texts {
		n, err := strconv.Atoi(bits)
		if f.failed("precision", err) {
			continue
		}
		f.same(bits+" bits", got.Text(n), text)
		fingerprint(&f, text, got)
	}
	if len(d.Texts) == 0 {
		f.add("no texts")
	}
	return f.err()
}

// fingerprint checks that text is read, written as it was, and matches.
func fingerprint(f *findings, text string, want udf.Fingerprint) {
	read, err := udf.ParseFingerprint(text)
	if f.failed("fingerprint", err) {
		return
	}
	f.same("fingerprint written again", read.Text(read.Bits()), text)
	if !read.Matches(want) {
		f.add("%s does not match %s", text, want)
	}
}

func authenticator(c vectors.Case[vectors.Authenticator]) error {
	var f findings
	d := c.Data
	got := udf.KeyedFingerprint(d.Key, d.Data, d.ContentType)
	f.same("text", got.String(), d.Text)
	f.octets("mac", got.Octets(520)[1:], d.MAC)
	fingerprint(&f, d.Text, got)
	inner := sha512.Sum512(d.Data)
	f.octets("inner", inner[:], d.Inner)
	h := hmac.New(sha512.New, []byte("KeyedUDFMaster"))
	h.Write([]byte(d.Key))
	prk := h.Sum(nil)
	f.octets("prk", prk, d.PRK)
	okm, err := hkdf.Expand(sha512.New, prk, "KeyedUDFExpand", 64)
	f.failed("okm", err)
	f.octets("okm", okm, d.OKM)
	return f.err()
}

func pin(c vectors.Case[vectors.PIN]) error {
	var f findings
	k, err := udf.ParsePIN(c.Data.PIN)
	if f.failed("pin", err) {
		return f.err()
	}
	f.same("pin written again", k.Text(), c.Data.PIN)
	f.same("salted", k.MAC([]byte(c.Data.Action)).String(), c.Data.Salted)
	f.same("identifier", k.MAC([]byte(c.Data.Account)).String(), c.Data.Identifier)
	return f.err()
}

func oid(c vectors.Case[vectors.OID]) error {
	var f findings
	d := c.Data
	a, err := algorithm(d.Algorithm)
	if f.failed("algorithm", err) {
		return f.err()
	}
	f.octets("der", udf.KeyInfo(a, d.Public), d.DER)
	text, err := udf.FormatOID(d.DER)
	f.failed("text", err)
	f.same("text", text, d.Text)
	der, err := udf.ParseOID(d.Text)
	f.failed("text", err)
	f.octets("text read", der, d.DER)
	got := udf.KeyFingerprintAs(d.ContentType, a, d.Public)
	f.same("fingerprint", got.String(), d.Fingerprint)
	fingerprint(&f, d.Fingerprint, got)
	return f.err()
}
