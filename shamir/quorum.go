package shamir

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// MaxOf is the largest number of shares a secret is split into.
const MaxOf = 15

// Quorum says how many shares are made and how many of them are needed:
// 1 ≤ Need ≤ Of ≤ MaxOf.
type Quorum struct{ Need, Of int }

var quorumText = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([0-9]{1,2}) ?(?:of|/|-of-) ?([0-9]{1,2})$`) })

// ParseQuorum reads "2of3", "2 of 3", "2-of-3" or "2/3", in either case. The
// error is a *QuorumError.
func ParseQuorum(s string) (Quorum, error) {
	m := quorumText().FindStringSubmatch(strings.ToLower(strings.TrimSpace(s)))
	if m == nil {
		return Quorum{}, &QuorumError{Reason: "a quorum is written like 2of3"}
	}
	need, _ := strconv.Atoi(m[1])
	of, _ := strconv.Atoi(m[2])
	q := Quorum{Need: need, Of: of}
	if err := q.Validate(); err != nil {
		return Quorum{}, err
	}
	return q, nil
}

// Validate returns a *QuorumError if q is out of range.
func (q Quorum) Validate() error {
	switch {
	case q.Need < 1:
		return &QuorumError{q, "at least one share must be needed"}
	case q.Of > MaxOf:
		return &QuorumError{q, fmt.Sprintf("there are at most %d shares", MaxOf)}
	case q.Need > q.Of:
		return &QuorumError{q, "more shares are needed than there are"}
	}
	return nil
}

// String prints q as "2 of 3".
func (q Quorum) String() string { return fmt.Sprintf("%d of %d", q.Need, q.Of) }
