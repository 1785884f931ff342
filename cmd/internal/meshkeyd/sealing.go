package meshkeyd

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"meshkey/cmd/internal/ask"
	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/cmd/internal/seedfile"
	"meshkey/internal/secret"
)

// A method is what seals the service's secrets.
//
// The secrets are an age file in the store, for one recipient. Its identity, the
// opener, lies beside it once for every seal: under a passphrase, under the age
// identities of a file, or under a key in the key ring. So a seal is added or
// replaced without the others, and the secrets change without any.
type method struct {
	kind string // keyring, file or passphrase
	path string // of the file
}

const (
	byKeyring    = "keyring"
	byFile       = "file"
	byPassphrase = "passphrase"
)

func (m method) String() string {
	if m.kind == byFile {
		return byFile + ":" + m.path
	}
	return m.kind
}

func parseMethod(text string) (method, error) {
	if path, ok := strings.CutPrefix(text, byFile+":"); ok && path != "" {
		path, err := filepath.Abs(path)
		return method{byFile, path}, err
	}
	if text == byKeyring || text == byPassphrase {
		return method{kind: text}, nil
	}
	return method{}, exit.Errorf(exit.Usage, "--seal %s: there is no such way to seal", text).Hinted("keyring, file:PATH or passphrase")
}

// seals are the opener under each seal, by the seal's name.
type seals map[string][]byte

// shortPassphrase is the length below which a passphrase is called weak: who
// steals the store guesses at it in peace.
const shortPassphrase = 12

// newSeal puts the opener under a new seal. What that makes in the system, and
// files, is taken back with the set.
func (a *app) newSeal(m method, passFile string, opener *secret.Bytes, files *outfile.Set) (name string, sealed []byte, err error) {
	var lock *seedfile.Lock
	name = m.kind
	switch m.kind {
	case byKeyring:
		lock, err = seedfile.InKeyring()
		if err != nil {
			return "", nil, exit.Errorf(exit.Failed, "%w", err).Hinted("a machine without a desktop has no key ring; choose --seal file:PATH or --seal passphrase")
		}
		files.Undo(lock.Undo)
	case byFile:
		recipients, err := a.sealFile(m.path, files)
		if err != nil {
			return "", nil, err
		}
		if lock, err = seedfile.ToRecipients(recipients); err != nil {
			return "", nil, err
		}
		name += "-" + shortHash(strings.Join(recipients, "\n"))
	case byPassphrase:
		p, err := a.passphrase(passFile).Ask("A new passphrase, which opens the service's secrets at every start:", true)
		if err != nil {
			return "", nil, err
		}
		if p.Len() < shortPassphrase {
			a.voice.Warn("a short passphrase: whoever copies the store can guess at it without limit; five random words are better")
		}
		if lock, err = seedfile.WithPassphrase(p); err != nil {
			return "", nil, err
		}
	}
	sealed, err = lock.Close(opener.Reveal())
	if m.kind == byKeyring {
		name += "-" + shortHash(string(sealed))
	}
	return name, sealed, err
}

func shortHash(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:4])
}

func (a *app) passphrase(file string) ask.Passphrase {
	return ask.Passphrase{File: file, In: a.in, Voice: a.voice}
}

// sealFile returns the recipients of the identities in a file, which it enters
// into the set if it is not there.
func (a *app) sealFile(path string, files *outfile.Set) ([]string, error) {
	ids, err := a.readSecret(path)
	if errors.Is(err, fs.ErrNotExist) {
		identity, recipient, err := seedfile.NewIdentity()
		if err != nil {
			return nil, err
		}
		text := fmt.Sprintf("# Opens the secrets of a key service (meshkeyd --seal file:%s).\n%s\n", path, identity.Reveal())
		identity.Wipe()
		files.AddBytes(path, []byte(text))
		return []string{recipient}, nil
	}
	if err != nil {
		return nil, err
	}
	defer ids.Wipe()
	recipients, err := seedfile.Recipients(ids)
	if err != nil {
		return nil, exit.Errorf(exit.Failed, "%s: %w", path, err).Hinted("it must hold an age identity, as age-keygen makes it")
	}
	return recipients, nil
}

// readSecret reads a file that nobody else may read.
func (a *app) readSecret(path string) (*secret.Bytes, error) {
	if err := checkMode(path); err != nil {
		return nil, err
	}
	b, err := ask.Read(a.in, path, seedfile.MaxFile)
	if err != nil {
		return nil, err
	}
	return secret.Take(b), nil
}

// checkMode refuses a file with a secret that others than its owner can read.
// What systemd hands over as a credential may show a group, which stands for the
// list of users that it is for.
func checkMode(path string) error {
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS == "windows" {
		return err
	}
	open := fs.FileMode(0o077)
	if dir := os.Getenv("CREDENTIALS_DIRECTORY"); dir != "" && filepath.Dir(path) == filepath.Clean(dir) {
		open = 0o007
	}
	if info.Mode().Perm()&open != 0 {
		return exit.Errorf(exit.Failed, "%s can be read by others, so it is no secret", path).
			Hinted("if nobody can have read it: chmod 600 %s", path)
	}
	return nil
}

// open opens the opener by one method. It is refused if no seal is of it.
func (a *app) open(m method, s *settings, sealed seals) (*secret.Bytes, error) {
	keys := seedfile.Keys{Passphrase: func() (*secret.Bytes, error) {
		return a.passphrase(s.passFile).Ask("Passphrase of the service:", false)
	}}
	if m.kind == byFile {
		ids, err := a.readSecret(m.path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, exit.Errorf(exit.Failed, "%s is not there, which opens the service's secrets", m.path).
				Hinted("bring it back from where it is kept, or open them by another seal; meshkeyd key list shows what there is")
		}
		if err != nil {
			return nil, err
		}
		defer ids.Wipe()
		keys.Identities = ids
	}
	var last error
	for _, name := range sortedKeys(sealed) {
		if kind, _, _ := strings.Cut(name, "-"); kind != m.kind {
			continue
		}
		opener, err := seedfile.Open(sealed[name], keys)
		if err == nil {
			return opener, nil
		}
		last = err
	}
	switch {
	case last == nil:
		return nil, exit.Errorf(exit.Failed, "the service's secrets have no seal of the kind %s", m.kind).
			Hinted("they have: %s; choose with --seal", strings.Join(sortedKeys(sealed), ", "))
	case errors.Is(last, seedfile.ErrIdentity):
		return nil, exit.Errorf(exit.Failed, "%s does not open the service's secrets: it is the file of another service, or of another seal", m.path).
			Hinted("their seals: %s; \"It does not start\" in docs/operating.md", strings.Join(sortedKeys(sealed), ", "))
	}
	return nil, last
}
