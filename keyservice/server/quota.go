package server

import (
	"encoding/binary"
	"time"

	"meshkey/keyservice/store"
)

// tableQuota has what was answered to a member for a key in a day: usage, under
// the group's fingerprint, 0, the member's address, 0, the key's fingerprint.
const tableQuota store.Table = "quota"

const day = 24 * time.Hour

// usage is how many envelopes were answered for in a day of UTC.
type usage struct {
	day   int64 // since 1970
	count uint64
}

func parseUsage(b []byte) usage {
	if len(b) != 16 {
		return usage{}
	}
	return usage{int64(binary.BigEndian.Uint64(b)), binary.BigEndian.Uint64(b[8:])}
}

func (u usage) bytes() []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(u.day))
	return binary.BigEndian.AppendUint64(b, u.count)
}

// on is the usage as it is to be counted on. A later day begins at nothing. A
// clock that went back, or one of another service that is behind, does not: the
// count of the day after goes on, or else the two together would give out more
// with every change from one to the other. A clock that was wrong by more than
// that keeps its count, which ends with the day that it now is.
func (u usage) on(now time.Time) usage {
	today := now.Unix() / int64(day/time.Second)
	switch {
	case today > u.day:
		return usage{today, 0}
	case today < u.day-1:
		return usage{today, u.count}
	}
	return u
}

// rest is the time until another day is counted.
func (u usage) rest(now time.Time) time.Duration {
	return time.Unix((u.day+1)*int64(day/time.Second), 0).Sub(now)
}
