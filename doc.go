// Package meshkey is the root of a threshold key escrow and recovery toolkit
// for the Mathematical Mesh.
//
// The account's master seed is split into shares ([meshkey/shamir]), the
// shares are put on paper ([meshkey/escrow], [meshkey/print]), the paper is
// read ([meshkey/scan]) and the account comes back from enough of it
// ([meshkey/recovery]). The examples of this package are those three uses
// from another program. The command is meshkey/cmd/meshkey.
package meshkey
