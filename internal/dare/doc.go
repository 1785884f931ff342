// Package dare reads, verifies, opens, signs and seals DARE envelopes, the
// Mesh's containers of signed and encrypted data. It follows
// draft-hallambaker-mesh-dare-12 with the names and choices of the reference of
// May 2022, and reads what was written since draft 06.
//
// An envelope is a header, a body and perhaps a trailer, in JSON the list
// [header, body, trailer]. [Parse], [Sign] and [Seal] handle it whole: at most
// 64 MiB of text, for which about four times as much memory is taken. [SealTo]
// and [Reader] take any size with a few megabytes of memory.
//
// # Security
//
// What a signature covers is the body as it was sent, its ciphertext if it is
// encrypted, and nothing else: no member of the header, so neither the
// envelope's name nor its ContentMetaData nor its annotations. Of the header
// the witness binds the salt and the base seed to the signature.
//
// A signed envelope gives nothing out before [Envelope.Verify] has succeeded on
// its body with the key of a signer the caller trusts: Open and Payload refuse,
// and if the envelope is encrypted they demand the signer's witness. The one
// way around is the field Body, which a reader of self-signed profiles needs.
//
// An encrypted envelope that is not signed is malleable: A256CBC has no
// authentication, so whoever holds the envelope can change what will be read.
// [Envelope.Signed] tells, and the caller must say so to the person. [Seal]
// signs unless it is told in words not to. Where there is no signer, [SealTo]
// has a form of ours that is authenticated: nobody but the sender and the
// recipients can have made it as it is, and each chunk is checked before it is
// given out. A reader who stops at an error has a beginning of the plaintext.
//
// A [Reader] verifies a signed file in a first pass and releases it in a second;
// it holds a tag, under a key of its own, of each 192 KiB that it verified, so
// that a file that changes in between gives out nothing else.
//
// Every failure of decryption is the same error, [ErrDecrypt]. Key wrapping,
// padding and witnesses are compared in constant time; AES is the standard
// library's. The time an opening takes tells at which of these steps it failed,
// and which of the two forms of the key encryption key an envelope has: who
// opens for strangers must not let them measure it.
//
// Base seeds and keys live in boxes and locals that are wiped. A plaintext is
// given out in a fresh slice that is the caller's to wipe.
package dare
