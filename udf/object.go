package udf

import "fmt"

const (
	maxNonce = 1 + 64
	maxDER   = 4096 // an RSA key of 16,384 bits has 2,100 octets
)

// ParseNonce reads the text of a nonce, N first, and returns its octets
// without the type. draft-hallambaker-mesh-udf-13, section 4.4 counts nonces
// among the identifiers: they are unique, not secret.
func ParseNonce(text string) ([]byte, error) {
	return parseData(text, maxNonce, "nonce", TypeNonce)
}

// FormatNonce writes a nonce of 1 to 64 octets.
func FormatNonce(nonce []byte) (string, error) {
	return formatData(nonce, maxNonce, "nonce", TypeNonce)
}

// ParseOID reads the text of an object in DER that an object identifier
// describes, O first, and returns the DER as it stands: whether it is DER is
// not looked at. draft-hallambaker-mesh-udf-13, section 4.2.
func ParseOID(text string) ([]byte, error) {
	return parseData(text, 1+maxDER, "object", TypeOID)
}

// FormatOID writes an object of 1 to 4,096 octets of DER, such as [KeyInfo].
func FormatOID(object []byte) (string, error) {
	return formatData(object, 1+maxDER, "object", TypeOID)
}

func parseData(text string, max int, name string, t Type) ([]byte, error) {
	b, err := parse(text, max, name, t)
	if err != nil {
		return nil, err
	}
	return b[1:], nil
}

func formatData(data []byte, max int, name string, t Type) (string, error) {
	if len(data) < 1 || len(data) > max-1 {
		return "", fmt.Errorf("udf: a %s has 1 to %d octets", name, max-1)
	}
	return format(append([]byte{byte(t)}, data...)), nil
}
