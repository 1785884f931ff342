// Package keyfile turns the private keys that the Mesh keeps as structures into
// key files that other programs read: PKCS #8 (RFC 5958) in PEM, which OpenSSH
// and OpenSSL take, and the public key as a line of authorized_keys.
//
// This is what a recovered account is for: the keys for SSH and mail that its
// catalogs hold in escrow, sealed to the account's escrow key.
//
// # Security
//
// A key is checked before it is written: its numbers must fit each other, and
// its name must be its fingerprint. [File.PEM] is boxed. Numbers of RSA keys
// pass through math/big on the way to crypto/rsa, which is not constant time
// and keeps copies that cannot be wiped.
package keyfile
