// Package seedfile keeps a seed in a file: encrypted with a passphrase, to age
// recipients, or under a key in the system's key ring; and reads such a file,
// or one in clear text.
//
// A file is an armored age file (age-encryption.org/v1) whose plaintext is the
// seed's text and a line feed, so that the age tool opens it too. A file under
// a key ring has one stanza more, of the type "meshkey-keyring", whose argument
// is the public half of the key: it tells which entry to ask the key ring for.
//
// # Security
//
// Clear text is read but never written here. The age library takes passphrases
// and the key ring gives keys as Go strings, which cannot be wiped. A file's
// scrypt cost is bounded when it is read, so that a hostile file cannot take
// all memory.
package seedfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"

	"meshkey/internal/secret"
)

// MaxFile is the largest file read, in octets.
const MaxFile = 1 << 16

const intro = "age-encryption.org/v1"

// Work is the scrypt cost of new files, as a power of two: 256 MiB and about a
// second. Tests lower it.
var Work = 18

// maxWork is the largest scrypt cost accepted: 1 GiB.
const maxWork = 20

var (
	// ErrPassphrase is returned by Open when the passphrase is wrong.
	ErrPassphrase = errors.New("the passphrase is wrong")
	// ErrIdentity is returned by Open when no identity fits the file, or none
	// was given and it needs one.
	ErrIdentity = errors.New("the file is encrypted to an age key that was not given")
)

// Keys answers what opening a file may ask for.
type Keys struct {
	// Passphrase is called at most once, and only if the file wants one. Open
	// wipes what it returns.
	Passphrase func() (*secret.Bytes, error)
	// Identities are age identities, one a line; nil if there are none.
	Identities *secret.Bytes
}

// Encrypted tells whether data is an age file, armored or not.
func Encrypted(data []byte) bool {
	return bytes.HasPrefix(data, []byte(intro)) || bytes.HasPrefix(bytes.TrimSpace(data), []byte(armor.Header))
}

// Open returns the text that an encrypted file holds, white space around it
// removed. It returns ErrPassphrase, ErrIdentity, an error of the key ring, or
// one that says how the file is damaged.
func Open(data []byte, keys Keys) (*secret.Bytes, error) {
	if len(data) > MaxFile {
		return nil, fmt.Errorf("a seed file has at most %d octets", MaxFile)
	}
	var file io.Reader = bytes.NewReader(data)
	if !bytes.HasPrefix(data, []byte(intro)) {
		file = armor.NewReader(file)
	}
	ids, err := keys.identities()
	if err != nil {
		return nil, err
	}
	plain, err := age.Decrypt(file, append(ids, &asked{keys.Passphrase}, keyring{})...)
	if missing, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return nil, reason(missing)
	}
	if err != nil {
		return nil, err
	}
	text := make([]byte, 0, MaxFile+1) // never grown, so no copy is left behind
	text, err = readInto(text, plain)
	if err != nil {
		secret.Wipe(text)
		return nil, fmt.Errorf("the file is damaged: %w", err)
	}
	defer secret.Wipe(text)
	return secret.Copy(bytes.TrimSpace(text)), nil
}

// Locks says what opens an encrypted file, as far as its header tells.
func Locks(data []byte) []string {
	var file io.Reader = bytes.NewReader(data)
	if !bytes.HasPrefix(data, []byte(intro)) {
		file = armor.NewReader(file)
	}
	_, err := age.Decrypt(file, none{})
	missing, ok := errors.AsType[*age.NoIdentityMatchError](err)
	if !ok {
		return []string{"nothing: it is damaged"}
	}
	locks := []string{}
	for _, typ := range missing.StanzaTypes {
		switch typ {
		case "scrypt":
			locks = append(locks, "a passphrase")
		case "X25519", "mlkem768x25519":
			locks = append(locks, "an age key ("+typ+")")
		case stanza:
			locks = append(locks, "the key ring of the user who made it")
		}
	}
	return locks
}

// none is an identity that opens nothing.
type none struct{}

func (none) Unwrap([]*age.Stanza) ([]byte, error) { return nil, age.ErrIncorrectIdentity }

// readInto fills b, below its capacity, with all of r. It is not
// [io.ReadFull], which ends with io.ErrUnexpectedEOF for what is merely short,
// as age does for what was cut off.
func readInto(b []byte, r io.Reader) ([]byte, error) {
	for len(b) < cap(b) {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		switch {
		case err == io.EOF:
			return b, nil
		case err != nil:
			return b, err
		}
	}
	return b, fmt.Errorf("more than %d octets inside", cap(b)-1)
}

func reason(err *age.NoIdentityMatchError) error {
	for _, typ := range err.StanzaTypes {
		if typ == "scrypt" {
			return ErrPassphrase
		}
	}
	return ErrIdentity
}

func (k Keys) identities() ([]age.Identity, error) {
	if k.Identities.Len() == 0 {
		return nil, nil
	}
	ids, err := age.ParseIdentities(bytes.NewReader(k.Identities.Reveal()))
	if err != nil {
		return nil, fmt.Errorf("age identities: %w", err)
	}
	return ids, nil
}

// asked is an identity that asks for the passphrase when a file wants one.
type asked struct {
	passphrase func() (*secret.Bytes, error)
}

func (a *asked) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if len(stanzas) != 1 || stanzas[0].Type != "scrypt" {
		return nil, age.ErrIncorrectIdentity
	}
	p, err := a.passphrase()
	if err != nil {
		return nil, err
	}
	defer p.Wipe()
	id, err := age.NewScryptIdentity(string(p.Reveal()))
	if err != nil {
		return nil, err
	}
	id.SetMaxWorkFactor(maxWork)
	return id.Unwrap(stanzas)
}

// Lock says how a new file is encrypted.
type Lock struct {
	recipients []age.Recipient
	undo       func() error
}

// WithPassphrase locks with a passphrase, which it wipes.
func WithPassphrase(p *secret.Bytes) (*Lock, error) {
	defer p.Wipe()
	r, err := age.NewScryptRecipient(string(p.Reveal()))
	if err != nil {
		return nil, err
	}
	r.SetWorkFactor(Work)
	return &Lock{recipients: []age.Recipient{r}}, nil
}

// ToRecipients locks to age recipients ("age1…"), any of which opens the file.
func ToRecipients(texts []string) (*Lock, error) {
	rs, err := age.ParseRecipients(strings.NewReader(strings.Join(texts, "\n")))
	if err != nil {
		return nil, fmt.Errorf("age recipient: %w", err)
	}
	return &Lock{recipients: rs}, nil
}

// Close encrypts text, which stays the caller's, and returns the file.
func (l *Lock) Close(text []byte) ([]byte, error) {
	var file bytes.Buffer
	a := armor.NewWriter(&file)
	w, err := age.Encrypt(a, l.recipients...)
	if err != nil {
		return nil, err
	}
	for _, b := range [][]byte{text, {'\n'}} {
		if _, err := w.Write(b); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if err := a.Close(); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

// Undo takes back what making the lock left in the system, for a file that was
// not written after all.
func (l *Lock) Undo() {
	if l.undo != nil {
		_ = l.undo()
		l.undo = nil
	}
}
