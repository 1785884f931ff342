package secret

import "crypto/rand"

// Fill fills b with random octets from the operating system. It panics if the
// system has none to give, as crypto/rand does: nothing sensible can follow.
func Fill(b []byte) {
	if _, err := rand.Read(b); err != nil {
		panic("secret: the system gives no randomness: " + err.Error())
	}
}
