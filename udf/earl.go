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

// maxHost is the longest mail address (RFC 5321) and more than a domain.
const maxHost = 320

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

// isHost takes a domain, or an account at a domain, in characters that have no
// meaning in a URL.
func isHost(s string, account bool) bool {
	if account {
		name, domain, ok := strings.Cut(s, "@")
		if !ok || !plain(name, "._+-") {
			return false
		}
		s = domain
	}
	return len(s) <= maxHost && plain(s, ".-")
}

// plain takes letters and digits of any script, and the extra characters.
func plain(s, extra string) bool {
	if s == "" || len(s) > maxHost {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c < 0x80 && !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || strings.IndexByte(extra, c) >= 0) {
			return false
		}
	}
	return true
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
func (e EARL) Format(f fmt.State, verb rune) { e.Key.Format(f, verb) }

// MarshalText implements encoding.TextMarshaler and always fails.
func (e EARL) MarshalText() ([]byte, error) { return nil, secret.ErrEncode }
