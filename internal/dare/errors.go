package dare

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrUnsigned is returned when the signature of an envelope without one is
	// verified.
	ErrUnsigned = errors.New("dare: the envelope is not signed")
	// ErrUnverified is returned when what a signed envelope holds is asked for
	// before its signature was verified.
	ErrUnverified = errors.New("dare: the signature of the envelope was not verified")
	// ErrDecrypt is returned for every failure to decrypt: another key than the
	// name says, or an envelope that was changed.
	ErrDecrypt = errors.New("dare: the envelope cannot be decrypted: wrong key, or it was changed")
	// ErrPipe is returned by NewReader for an envelope that must be read twice
	// and is too long to be kept in memory.
	ErrPipe = errors.New("dare: the envelope must be read twice, and is too long to be kept in memory")
)

// SignerError says that an envelope is not signed by the key it was verified
// with.
type SignerError struct {
	Want string   // fingerprint of that key
	Have []string // key names in the signatures
}

func (e *SignerError) Error() string {
	return fmt.Sprintf("dare: not signed by %s but by %s", e.Want, list(e.Have))
}

// SignatureError says that a signature is not one by the key it names over the
// body of its envelope.
type SignatureError struct{ Signer string }

func (e *SignatureError) Error() string {
	return fmt.Sprintf("dare: the signature of %s does not verify", e.Signer)
}

// RecipientError says that an envelope is not sealed to the key it was opened
// with.
type RecipientError struct{ Have []string }

func (e *RecipientError) Error() string {
	return fmt.Sprintf("dare: not sealed to this key but to %s", list(e.Have))
}

// list writes names that stand in an envelope, which may be anything.
func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	const most = 5
	var out []string
	for i, name := range names {
		if i == most {
			return strings.Join(out, ", ") + fmt.Sprintf(" and %d more", len(names)-most)
		}
		if len(name) > 64 {
			name = name[:64]
		}
		out = append(out, strings.Trim(fmt.Sprintf("%+q", name), `"`))
	}
	return strings.Join(out, ", ")
}
