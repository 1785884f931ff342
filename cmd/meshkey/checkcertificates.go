package main

import (
	"slices"

	"meshkey/cmd/internal/exit"
	"meshkey/record"
	"meshkey/recovery"
	"meshkey/udf"
)

func (c *checking) addCertificate(a *app, it recovery.Item, source string) {
	cert, err := record.ParseCertificate(it.Text)
	if err != nil {
		a.voice.Warn("%s: %s", source, plain(err.Error()))
		return
	}
	c.keep(a, cert, source)
}

// keep takes a certificate that is of the account asked for, and signed by it
// as far as that can be told.
func (c *checking) keep(a *app, cert *record.Certificate, source string) {
	want := c.want.Account
	if c.want.Profile != nil {
		want = c.want.Profile.Fingerprint()
	}
	switch {
	case !want.IsZero() && !cert.Account().Matches(want):
		c.foreign++
		a.voice.Warn("%s: the certificate is not of the account asked for, but of %s", source, sameLetters(cert.Account(), want))
	case !c.isSigned(cert):
		c.forged++
		a.voice.Warn("%s: the certificate names the account, but it is not signed by the account's administrator key", source)
	default:
		c.certificates = append(c.certificates, cert)
	}
}

// sameLetters is a fingerprint as it is shown, or if another looks like it then,
// with as many letters as that was given with.
func sameLetters(f, given udf.Fingerprint) string {
	if f.String() == given.String() {
		return f.Text(given.Bits())
	}
	return f.String()
}

// isSigned tells whether the profile, if there is one, vouches for a
// certificate.
func (c *checking) isSigned(cert *record.Certificate) bool {
	p := c.want.Profile
	return p == nil || cert.Verify(p.Fingerprint(), p.Key("AdministratorSignature")) == nil
}

// notOurs is the error for certificates that were turned away, or nil.
func (c *checking) notOurs() error {
	switch {
	case c.foreign > 0:
		return exit.Errorf(exit.WrongAccount, "%s of another account", countOf(c.foreign, "certificate is", "certificates are"))
	case c.forged > 0:
		return exit.Errorf(exit.WrongAccount, "%s not signed by the account's administrator key", countOf(c.forged, "certificate is", "certificates are")).
			Hinted("the sheets may be forged: keep them apart, and ask the owner of the account")
	}
	return nil
}

// accounts are those that the certificates name.
func (c *checking) accounts() (list []string) {
	for _, cert := range c.certificates {
		if name := cert.Account().String(); !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}
