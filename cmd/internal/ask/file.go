// Package ask reads what a command is given: files, standard input, and
// passphrases, from a file or from the person at the terminal.
//
// # Security
//
// What is read may be secret: it is never grown, so never copied, and wiped on
// an error. A passphrase's file is not named in an error, since its name may be
// the passphrase itself, given by mistake.
package ask

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/line"
	"meshkey/internal/secret"
)

// Stdin is the name that stands for standard input, or standard output.
const Stdin = "-"

// Open opens a file, or in, which is standard input, for "-".
func Open(in io.Reader, name string) (io.ReadCloser, error) {
	if name == Stdin {
		return io.NopCloser(in), nil
	}
	f, err := os.Open(name)
	if kind := line.SecretName(name); errors.Is(err, fs.ErrNotExist) && kind != "" {
		return nil, line.SecretGiven(kind)
	}
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, exit.Errorf(exit.Usage, "%s is a folder", name).Hinted("name the files in it: %s", filepath.Join(name, "*"))
	}
	return f, nil
}

// Read reads a whole file of at most limit octets, or standard input.
func Read(in io.Reader, name string, limit int) ([]byte, error) {
	f, err := Open(in, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, 0, limit+1)
	for len(b) <= limit {
		n, err := f.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			secret.Wipe(b)
			return nil, err
		}
	}
	secret.Wipe(b)
	return nil, exit.Errorf(exit.Failed, "%s has more than %d octets", SourceName(name), limit)
}

// SourceName is what messages call a file.
func SourceName(name string) string {
	if name == Stdin {
		return "standard input"
	}
	return name
}
