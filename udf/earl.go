package udf

import (
	"errors"
	"fmt"
	"strings"

	"meshkey/internal/secret"
)

// EARL is an Encrypted Authenticated Resource Locator: where something is
// found, and the key that decrypts it. draft-hallambaker-mesh-udf-13,
// section 4.3, for "udf://domain/E…"; the protocol draft for the publication
// of a device, "mcu://account/E…". Key and text are secret; Host is not.
type EARL struct {
	// Host is the domain that has it, or the account that published it.
	Host string
	// Publication says that the EARL is of the form "mcu".
	Publication bool
	Key         *Key
}

// maxHost is the length of the longest domain (RFC 1035, section 2.3.4), and
// more than the local part of an address has.
const maxHost = 253

var errEARL = errors.New("udf: an EARL is udf:// or mcu://, a host, a slash and a key")

// ParseEARL reads an EARL. The errors of its key are of type *ParseError and
// count letters from the key's first.
func ParseEARL(uri string) (*EARL, error) {
	scheme, rest, ok := strings.Cut(strings.TrimSpace(uri), "://")
	scheme = strings.ToLower(scheme)
	host, text, slash := strings.Cut(rest, "/")
	if !ok || !slash || scheme != "udf" && scheme != "mcu" || !isHost(host, scheme == "mcu") {
		return nil, errEARL
	}
	key, err := ParseKey(text)
	if err != nil {
		return nil, err
	}
	return &EARL{host, scheme == "mcu", key}, nil
}

// isHost takes a domain, or an account at a domain, in the letters and digits
// of ASCII and a few more characters that have no meaning in a URL.
func isHost(s string, account bool) bool {
	if account {
		name, domain, ok := strings.Cut(s, "@")
		if !ok || !plain(name, "._+-") {
			return false
		}
		s = domain
	}
	return plain(s, ".-")
}

func plain(s, extra string) bool {
	for _, c := range s {
		if !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || strings.ContainsRune(extra, c)) {
			return false
		}
	}
	return s != "" && len(s) <= maxHost
}

// Text returns the EARL itself, as secret as its key.
func (e *EARL) Text() string {
	scheme := "udf"
	if e.Publication {
		scheme = "mcu"
	}
	return scheme + "://" + e.Host + "/" + e.Key.Text()
}

// URL is where an EARL of the form "udf" is fetched. It is public.
func (e *EARL) URL() string { return e.URLAs(LocatorContentType) }

// URLAs is URL with the locator under another content type.
func (e *EARL) URLAs(contentType string) string {
	return "https://" + e.Host + "/.well-known/mmm-udf/" + e.Key.LocatorAs(contentType).Text(LocatorBits)
}

// Format implements fmt.Formatter and writes "[secret]".
func (e EARL) Format(f fmt.State, verb rune) { secret.Bytes{}.Format(f, verb) }

// MarshalText implements encoding.TextMarshaler and always fails.
func (e EARL) MarshalText() ([]byte, error) { return nil, secret.ErrEncode }
