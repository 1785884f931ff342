package recovery

import (
	"regexp"
	"strings"
	"sync"
)

var (
	scheme  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?i)[a-z]{3,8}://`) })
	version = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^MK\d:`) })
)

// identify tells what a text is from how it begins. It is not proof: a text
// that begins like a share may be none.
func identify(text string) Kind {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return Unknown
	case version().MatchString(text):
		return Certificate
	case text[0] == '{' || text[0] == '[':
		return Profile
	case strings.HasPrefix(text, "age-encryption.org/") || strings.HasPrefix(text, "-----BEGIN AGE"):
		return SeedFile
	case scheme().MatchString(text):
		return Link
	case startsShare(text):
		return Share
	}
	first, _, _ := strings.Cut(text, "\n")
	if v := values(first, 16); len(v) < 16 || !inFours(groupsOf(first)) || v[0] > 31 || v[1] > 31 {
		return Unknown
	} else if kind, ok := types[v[0]<<3|v[1]>>2]; ok {
		return kind
	}
	return Unknown
}

// types are the kinds of texts by the first octet of what they spell.
var types = map[int]Kind{
	200: Seed, 32: Key, 33: Key, 0: Key, 1: Key,
	80: Fingerprint, 81: Fingerprint, 82: Fingerprint, 83: Fingerprint, 84: Fingerprint,
	96: Fingerprint, 97: Fingerprint, 98: Fingerprint, 99: Fingerprint, 100: Fingerprint,
}

// A KindError says that a text is neither a share nor a certificate, and what
// it is.
type KindError struct {
	Kind Kind
	Line int
}

// Error implements error.
func (e *KindError) Error() string { return "recovery: not a share but " + kindWords[e.Kind].what }

// Hint says what to do with such a text.
func (e *KindError) Hint() string { return kindWords[e.Kind].hint }

// String names the kind with its article.
func (k Kind) String() string { return kindWords[k].what }

var kindWords = [...]struct{ what, hint string }{
	Unknown:     {"something else", "a share begins with SA, SB, SC or SD, a certificate with MK1:"},
	Share:       {"a share", "offer it to the recovery"},
	Certificate: {"a certificate", "offer it with the shares of its set"},
	Seed:        {"a seed, which is the whole account already", "nothing has to be recovered; keep it secret and do not send it to anybody"},
	Fingerprint: {"a fingerprint", "it names an account: give it as the account to recover"},
	Key:         {"a key", "it plays no part in the recovery of an account"},
	Profile:     {"a profile or an envelope of the Mesh", "give the profile of the account as the one to recover"},
	Link:        {"a link", "fetch what it points to first"},
	SeedFile:    {"an encrypted file, perhaps a seed", "open it with its passphrase; nothing has to be recovered"},
	Stray:       {"share letters without the beginning of a share", "type the share from its first row on; it begins with SA, SB, SC or SD"},
}
