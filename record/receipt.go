package record

import (
	"crypto/sha512"
	"encoding/base32"
	"encoding/binary"
	"time"
)

// receiptContext separates receipts from all else that is hashed.
const receiptContext = "meshkey receipt v1"

// Receipt is the six letters by which the holder of a share reports that it was
// found genuine on a day, in UTC: docs/FORMATS.md, section 8. It is public and
// made of public things only, so that everybody with the certificate can make
// it: it shows that both sides hold one certificate and mean one sheet and one
// day, and does not show that a share was there. It is empty if the certificate
// does not cover the index.
func (c *Certificate) Receipt(index int, day time.Time) string {
	if index < 1 || index > c.covers() {
		return ""
	}
	message := append([]byte(receiptContext), byte(index))
	message = binary.BigEndian.AppendUint32(message, uint32(day.UTC().Unix()/(24*60*60)))
	sum := sha512.Sum512(append(message, c.Octets()...))
	return base32.StdEncoding.EncodeToString(sum[:5])[:6]
}
