package group

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

var names = []string{"alice", "bob", "carol", "dave", "erin"}

// In every mode every set of members that is large enough opens what was
// encrypted to the group, asked for by each of them, and no smaller one does.
func TestEverySubset(t *testing.T) {
	cases := []struct {
		mode     Mode
		need, of int
	}{{Serviced, 1, 3}, {Offline, 2, 3}, {Offline, 3, 3}, {Offline, 3, 5}, {Mixed, 2, 2}, {Mixed, 2, 4}, {Mixed, 4, 4}}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.mode, c.need, "of", c.of), func(t *testing.T) {
			w := newWorld(t, c.mode, c.need, names[:c.of]...)
			sealed := seal(t, w.group(), "meet at noon", nil)
			for set := 1; set < 1<<c.of; set++ {
				var present []string
				for i, n := range names[:c.of] {
					if set>>i&1 == 1 {
						present = append(present, n)
					}
				}
				first, others := present[set%len(present)], []string{}
				for _, n := range present {
					if n != first && c.mode.shared() {
						others = append(others, n)
					}
				}
				got, err := open(w.member(first), sealed, w.helpers(others...)...)
				if len(present) >= c.need {
					if err != nil || got != "meet at noon" {
						t.Errorf("%v: %q, %v", present, got, err)
					}
					continue
				}
				var few *TooFewError
				if !errors.As(err, &few) || few.Need != c.need-len(present) || len(few.From) != c.of-len(present) {
					t.Errorf("%v: %q, %v", present, got, err)
				}
			}
			if c.mode.hasService() {
				var few *TooFewError
				if _, err := open(w.member("alice"), sealed); !errors.As(err, &few) || few.From[0] != Service {
					t.Errorf("without the service: %v", err)
				}
			}
		})
	}
}

func TestSigned(t *testing.T) {
	w := newWorld(t, Serviced, 1, "alice", "bob")
	sealed := seal(t, w.group(), "signed", identity(t, "alice"))
	w.opens("bob", sealed, "signed", w.service)
	foreign := seal(t, w.group(), "signed", identity(t, "mallory"))
	if _, err := open(w.member("bob"), foreign, w.service); !errors.Is(err, ErrNotMember) {
		t.Errorf("signed by a stranger: %v", err)
	}
	changed := strings.Replace(string(sealed), "S512", "S513", 1)
	if _, err := open(w.member("bob"), []byte(changed), w.service); err == nil {
		t.Error("a changed envelope is opened")
	}
}

func TestAdmitDismissRotate(t *testing.T) {
	for _, mode := range []Mode{Serviced, Offline, Mixed} {
		t.Run(string(mode), func(t *testing.T) {
			need := 2
			if mode == Serviced {
				need = 1
			}
			w := newWorld(t, mode, need, "alice", "bob", "carol")
			first := seal(t, w.group(), "first", nil)
			helpers := func(n ...string) []Helper {
				if mode == Serviced {
					n = nil
				}
				return w.helpers(n...)
			}
			c, err := w.admin.Admit(today, people(t, "dave")...)
			check(t, err)
			if len(c.Invitations) != 1 {
				t.Errorf("%d invitations", len(c.Invitations))
			}
			w.deliver(c)
			w.opens("dave", first, "first", helpers("alice")...)
			w.opens("alice", first, "first", helpers("dave")...)

			dave, asDave := w.member("dave"), helpers("alice")
			c, err = w.admin.Dismiss(today, "dave@example.com")
			check(t, err)
			w.deliver(c)
			if _, err := open(dave, first, helpers("alice")...); !errors.Is(err, ErrNotMember) {
				t.Errorf("dave reads on: %v", err)
			}
			_ = asDave
			if _, err := Accept(w.group(), identity(t, "dave"), w.mail["dave"]...); !errors.Is(err, ErrNotMember) {
				t.Errorf("dave accepts again: %v", err)
			}
			w.opens("carol", first, "first", helpers("bob")...)

			c, err = w.admin.Rotate(today)
			check(t, err)
			w.deliver(c)
			second := seal(t, w.group(), "second", nil)
			w.opens("carol", first, "first", helpers("bob")...)
			w.opens("bob", second, "second", helpers("alice")...)
			c, err = w.admin.Admit(today, people(t, "erin")...)
			check(t, err)
			w.deliver(c)
			w.opens("erin", second, "second", helpers("alice")...)
			if _, err := open(w.member("erin"), first, helpers("alice")...); err == nil {
				t.Error("erin reads what was encrypted to an earlier key")
			}
			again, err := Administer(account(t, "groupw"), w.group().Bytes())
			check(t, err)
			if again.Group().Serial() != 5 || len(again.Group().Keys()) != 2 || len(again.Group().Members()) != 4 {
				t.Errorf("%+v", again.Group())
			}
		})
	}
}
