package dare

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"

	"meshkey/internal/secret"
)

// encryptCBC is AES-256 in CBC mode with PKCS #7 padding, as A256CBC has it.
func encryptCBC(key, iv, plaintext []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	pad := aes.BlockSize - len(plaintext)%aes.BlockSize
	out := append(make([]byte, 0, len(plaintext)+pad), plaintext...)
	for range pad {
		out = append(out, byte(pad))
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, out)
	return out, nil
}

// decryptCBC undoes encryptCBC and returns a fresh slice. It takes the same
// time for every ciphertext of a length.
func decryptCBC(key, iv, ciphertext []byte) (plaintext []byte, ok bool) {
	block, err := aes.NewCipher(key)
	if err != nil || len(ciphertext) == 0 || len(ciphertext)%aes.BlockSize != 0 {
		return nil, false
	}
	out := make([]byte, len(ciphertext))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, ciphertext)
	n, good := padding(out[len(out)-aes.BlockSize:])
	if good != 1 {
		secret.Wipe(out)
		return nil, false
	}
	return out[:len(out)-n], true
}

// padding returns the length of the padding that ends the last block, and
// whether it is one, 1 or 0, in constant time.
func padding(last []byte) (n, good int) {
	n = int(last[aes.BlockSize-1])
	good = subtle.ConstantTimeLessOrEq(1, n) & subtle.ConstantTimeLessOrEq(n, aes.BlockSize)
	for i := range aes.BlockSize {
		padded := subtle.ConstantTimeLessOrEq(i+1, n)
		same := subtle.ConstantTimeByteEq(last[aes.BlockSize-1-i], byte(n))
		good &= subtle.ConstantTimeSelect(padded, same, 1)
	}
	return n, good
}
