package server

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"slices"

	"meshkey/internal/secret"
)

// A vault seals what the store holds of halves: AES-256-GCM under the newest of
// its keys, bound to what the half is. docs/FORMATS.md, Halves at rest.
type vault struct{ keys []storageKey }

const (
	nonceLen   = 12
	sealedHead = 4 + nonceLen // the key's number, and the nonce
)

// errHalf says nothing of why.
var errHalf = errors.New("server: a half in the store cannot be opened: another storage key, or it was changed")

func newVault(storage []storageKey) *vault {
	v := &vault{}
	for _, k := range storage {
		v.keys = append(v.keys, storageKey{k.number, secret.Copy(k.octets.Reveal())})
	}
	return v
}

func (v *vault) newest() storageKey { return v.keys[len(v.keys)-1] }

// cipher is made for every use, so that wiping the key leaves nothing that has
// to last.
func (k storageKey) cipher() cipher.AEAD {
	block, err := aes.NewCipher(k.octets.Reveal())
	if err != nil {
		panic("server: " + err.Error()) // a constant length
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("server: " + err.Error())
	}
	return aead
}

// bound is what a half is bound to.
func bound(group, place string, public []byte) []byte {
	b := []byte("meshkey half v1")
	for _, part := range [][]byte{[]byte(group), []byte(place), public} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	return b
}

// sealHalf is an entry of the store: the public side of a half, behind its
// length, and the half, sealed.
func (v *vault) sealHalf(group, place string, public, half []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(len(public)))
	b = append(b, public...)
	return append(b, v.seal(half, bound(group, place, public))...)
}

// openHalf opens such an entry; the slice is the caller's to wipe.
func (v *vault) openHalf(group, place string, entry []byte) ([]byte, error) {
	public, sealed, ok := splitHalf(entry)
	if !ok {
		return nil, errHalf
	}
	return v.open(sealed, bound(group, place, public))
}

func splitHalf(entry []byte) (public, sealed []byte, ok bool) {
	if len(entry) < 2 {
		return nil, nil, false
	}
	n := int(binary.BigEndian.Uint16(entry))
	if len(entry) < 2+n {
		return nil, nil, false
	}
	return entry[2 : 2+n], entry[2+n:], true
}

// seal seals octets.
func (v *vault) seal(octets, bound []byte) []byte {
	nonce := make([]byte, nonceLen)
	secret.Fill(nonce)
	return v.sealWith(nonce, octets, bound)
}

func (v *vault) sealWith(nonce, octets, bound []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, v.newest().number)
	b = append(b, nonce...)
	return v.newest().cipher().Seal(b, nonce, octets, bound)
}

// open opens them; the slice is the caller's to wipe.
func (v *vault) open(sealed, bound []byte) ([]byte, error) {
	if len(sealed) < sealedHead {
		return nil, errHalf
	}
	number := binary.BigEndian.Uint32(sealed)
	i := slices.IndexFunc(v.keys, func(k storageKey) bool { return k.number == number })
	if i < 0 {
		return nil, errHalf
	}
	octets, err := v.keys[i].cipher().Open(nil, sealed[4:sealedHead], sealed[sealedHead:], bound)
	if err != nil {
		return nil, errHalf
	}
	return octets, nil
}

// current tells whether a half is under the newest key.
func (v *vault) current(sealed []byte) bool {
	return len(sealed) >= sealedHead && binary.BigEndian.Uint32(sealed) == v.newest().number
}

func (v *vault) wipe() {
	for _, k := range v.keys {
		k.octets.Wipe()
	}
}
