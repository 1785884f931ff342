package keyservice

import "crypto/x509"

// Roots are the authorities that a client trusts instead of the system's.
func Roots(p *x509.CertPool) Option {
	return func(c *Client) { c.roots = p }
}
