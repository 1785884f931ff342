package ceremony

import (
	"errors"
	"fmt"

	"meshkey/internal/secret"
)

// Keep seals to self what it must know after it has written its message of a
// round. The result is a file that only self can read, and that only self's
// signature makes.
func (c *Ceremony) Keep(self *Self, round int, state []byte) ([]byte, error) {
	if round < 0 || round > c.Rounds() {
		return nil, fmt.Errorf("ceremony: no round %d", round)
	}
	return c.seal(self, enclosed{Round: round, To: self.Name, State: true, Body: state}, self.Encryption)
}

// Resume opens what Keep has sealed. A *ForeignError says that it is of another
// ceremony or another party.
func (c *Ceremony) Resume(self *Self, file []byte) (round int, state *secret.Bytes, err error) {
	if len(file) > MaxFile {
		return 0, nil, fmt.Errorf("ceremony: more than %d octets", MaxFile)
	}
	s, err := c.unseal(self, &self.Party, file)
	if err != nil {
		return 0, nil, fmt.Errorf("ceremony: %w", err)
	}
	if !s.State {
		secret.Wipe(s.Body)
		return 0, nil, errors.New("ceremony: not a state")
	}
	return s.Round, secret.Take(s.Body), nil
}
