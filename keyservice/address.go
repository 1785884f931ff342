package keyservice

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"meshkey/udf"
)

// An Address says where a service is and, if it is known, which:
// https://keys.example.com:8443/#MBIJ-…, the fingerprint being that of the
// service's profile. Without one the certificate authorities of the system have
// to vouch for the host.
type Address struct {
	URL     string          // https://keys.example.com:8443
	Service udf.Fingerprint // zero if it is not known; 20 letters are enough
}

// ParseAddress reads the text of an address.
func ParseAddress(text string) (a Address, err error) {
	where, fingerprint, which := strings.Cut(text, "#")
	u, err := url.Parse(where)
	switch {
	case err != nil || u.Scheme != "https" || u.Hostname() == "" || strings.Contains(u.Host, "%"):
		return a, errors.New("keyservice: an address is https://HOST:PORT/#FINGERPRINT")
	case u.User != nil || u.RawQuery != "" || strings.Trim(u.Path, "/") != "":
		return a, errors.New("keyservice: an address has a host and a port, and nothing before or after")
	}
	a.URL = "https://" + u.Host
	if which {
		if a.Service, err = udf.ParseFingerprint(fingerprint); err != nil {
			return Address{}, fmt.Errorf("keyservice: the fingerprint in the address: %w", err)
		}
		if a.Service.Bits() < udf.MinBits {
			return Address{}, errors.New("keyservice: the fingerprint in the address is too short")
		}
	}
	return a, nil
}

// Of is the address of the service of a fingerprint at the same host.
func (a Address) Of(service udf.Fingerprint) Address { return Address{a.URL, service} }

// Host is the host, with its port if it has one.
func (a Address) Host() string { return strings.TrimPrefix(a.URL, "https://") }

// hostname is the host without its port: a name or an IP address.
func (a Address) hostname() string {
	u, err := url.Parse(a.URL)
	if err != nil {
		return a.URL // which no certificate is for
	}
	return u.Hostname()
}

// String is the address as ParseAddress reads it.
func (a Address) String() string {
	if a.Service.IsZero() {
		return a.URL + "/"
	}
	return a.URL + "/#" + a.Service.String()
}
