package main

import (
	"bytes"
	"errors"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/ask"
	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/cmd/internal/seedfile"
	"meshkey/cmd/internal/terminal"
	"meshkey/internal/secret"
	"meshkey/profile"
)

// opening holds the flags that open a seed file.
type opening struct {
	passphrase passphraseFlag
	identities string
}

func (o *opening) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.passphrase.file, "passphrase-file", "", "`FILE` whose first line is the passphrase (default: ask at the terminal)")
	cmd.Flags().StringVar(&o.identities, "identity", "", "`FILE` of age identities, for a seed encrypted to an age recipient")
}

// openSeed reads the seed in a file, in clear text or encrypted.
func (a *app) openSeed(name string, o opening) (*profile.Seed, error) {
	data, err := a.read(name, seedfile.MaxFile)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(data)
	return a.seedIn(name, data, o)
}

// seedIn returns the seed that the octets of a file hold.
func (a *app) seedIn(name string, data []byte, o opening) (*profile.Seed, error) {
	text, err := a.unlock(name, data, o)
	if err != nil {
		return nil, err
	}
	defer text.Wipe()
	seed, err := profile.ParseSeed(string(text.Reveal()))
	if err != nil {
		return nil, notASeed(name, err)
	}
	return seed, nil
}

// unlock returns the text in a seed file, and warns of one in clear text.
func (a *app) unlock(name string, data []byte, o opening) (*secret.Bytes, error) {
	if !seedfile.Encrypted(data) {
		if name != stdin {
			a.voice.Warn("%s holds the seed in clear text; whoever reads it has the account", name)
		}
		return secret.Copy(bytes.TrimSpace(data)), nil
	}
	keys := seedfile.Keys{Passphrase: func() (*secret.Bytes, error) {
		return o.passphrase.ask(a, "Passphrase of "+sourceName(name)+":", false)
	}}
	if o.identities != "" {
		ask.WarnIfOpen(a.voice, o.identities)
		ids, err := a.read(o.identities, seedfile.MaxFile)
		if err != nil {
			return nil, err
		}
		keys.Identities = secret.Take(ids)
		defer keys.Identities.Wipe()
	}
	text, err := seedfile.Open(data, keys)
	switch {
	case errors.Is(err, seedfile.ErrPassphrase):
		return nil, exit.Errorf(exit.Failed, "%s: %w", sourceName(name), err)
	case errors.Is(err, seedfile.ErrIdentity):
		return nil, exit.Errorf(exit.Failed, "%s: %w", sourceName(name), err).Hinted("give the age identity with --identity FILE")
	}
	return text, err
}

func notASeed(name string, err error) error {
	if kind, ok := errors.AsType[*profile.KindError](err); ok {
		return exit.Errorf(exit.Failed, "%s holds a seed of kind %v, not the seed of an account", sourceName(name), kind.Specifier)
	}
	return exit.Errorf(exit.Failed, "%s holds no seed: %w", sourceName(name), err).
		Hinted("a seed begins with Z; a file that was made here begins with -----BEGIN AGE ENCRYPTED FILE-----")
}

// locking holds the flags that say how a new seed file is encrypted.
type locking struct {
	passphrase passphraseFlag
	recipients []string
	keyring    bool
}

func (l *locking) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&l.passphrase.file, "passphrase-file", "", "`FILE` whose first line is the passphrase (default: ask at the terminal)")
	cmd.Flags().StringArrayVar(&l.recipients, "recipient", nil, "encrypt the seed to this age `RECIPIENT` (age1…) instead; may be repeated")
	cmd.Flags().BoolVar(&l.keyring, "keyring", false, "encrypt the seed under a key in the system's key ring instead")
	cmd.MarkFlagsMutuallyExclusive("passphrase-file", "recipient", "keyring")
}

// check tells, before any work, whether the lock can be made.
func (l *locking) check() error {
	switch {
	case len(l.recipients) > 0:
		_, err := seedfile.ToRecipients(l.recipients)
		if err != nil {
			return exit.Errorf(exit.Usage, "%w", err)
		}
	case !l.keyring && l.passphrase.file == "":
		t, err := terminal.Open()
		if err != nil {
			return ask.NoTerminal("a passphrase for the seed file", "--passphrase-file FILE, --recipient age1… or --keyring")
		}
		t.Close()
	}
	return nil
}

// shortPassphrase is the length below which a passphrase is called weak. The
// file may be copied and guessed at in peace.
const shortPassphrase = 12

// lock makes the lock, asking for a new passphrase if need be.
func (l *locking) lock(a *app) (*seedfile.Lock, error) {
	switch {
	case len(l.recipients) > 0:
		return seedfile.ToRecipients(l.recipients)
	case l.keyring:
		lock, err := seedfile.InKeyring()
		if err != nil {
			return nil, exit.Errorf(exit.Failed, "%w", err).Hinted("log in to the desktop so that the key ring is open, or leave out --keyring and choose a passphrase")
		}
		return lock, nil
	}
	p, err := l.passphrase.ask(a, "A new passphrase for the seed file:", true)
	if err != nil {
		return nil, err
	}
	if p.Len() < shortPassphrase {
		a.voice.Warn("a short passphrase: whoever copies the seed file can guess at it without limit; five random words are better")
	}
	return seedfile.WithPassphrase(p)
}

// close encrypts a seed; the result is a file. What that leaves in the system is
// taken back if the files that it is to be among are not written after all; nil
// if it is not to be written.
func (l *locking) close(a *app, seed interface{ Text() string }, files *outfile.Set) (file []byte, err error) {
	lock, err := l.lock(a)
	if err != nil {
		return nil, err
	}
	if files != nil {
		files.Undo(lock.Undo)
	}
	text := []byte(seed.Text())
	defer secret.Wipe(text)
	file, err = lock.Close(text)
	if err != nil && files == nil {
		lock.Undo()
	}
	return file, err
}
