package main

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"meshkey/cmd/internal/exit"
	"meshkey/internal/secret"
)

// clientCertificate reads the TLS certificate that is shown to services that let
// nobody in without one: PEM, with its private key, in client.pem in the user's
// folder of configuration. It is nil if there is none.
func clientCertificate() (*tls.Certificate, error) {
	name := clientCertificateFile()
	b, err := os.ReadFile(name)
	if name == "" || errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(b)
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, exit.Errorf(exit.Failed, "%s can be read by others, so its key is no secret", name).
			Hinted("if nobody can have read it: chmod 600 %s", name)
	}
	c, err := tls.X509KeyPair(b, b)
	if err != nil {
		return nil, exit.Errorf(exit.Failed, "%s: %w", name, err).Hinted("it has to hold a TLS certificate and its private key, both in PEM")
	}
	return &c, nil
}

// clientCertificateFile is empty where the system has no folder of configuration.
func clientCertificateFile() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "meshkey", "client.pem")
}
