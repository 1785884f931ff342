package rs_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"meshkey/internal/rs"
)

type shape struct {
	name        string
	code        *rs.Code
	size, check int
	lengths     []int // of words
}

var shapes = []shape{
	{"check letters", rs.NewCode(rs.GF32, 4, 1), 32, 4, []int{6, 16, 25, 31}},
	{"QR 28 of 43", rs.NewCode(rs.GF256, 28, 0), 256, 28, []int{43, 44, 255}},
	{"QR 7 of 26", rs.NewCode(rs.GF256, 7, 0), 256, 7, []int{26}},
	{"one check symbol", rs.NewCode(rs.GF32, 1, 0), 32, 1, []int{2, 31}},
}

func (s shape) word(r *rand.Rand, n int) []byte {
	data := make([]byte, n-s.check)
	for i := range data {
		data[i] = byte(r.IntN(s.size))
	}
	return append(data, s.code.Encode(data)...)
}

// spoil changes errors symbols and draws the erased ones anew; an erased
// symbol may by chance keep its value, as an unreadable letter guessed right.
func (s shape) spoil(r *rand.Rand, word []byte, errors, erasures int) (bad []byte, erased []int) {
	bad = bytes.Clone(word)
	places := r.Perm(len(word))[:errors+erasures]
	for i, p := range places {
		if i < errors {
			bad[p] ^= byte(1 + r.IntN(s.size-1))
		} else {
			bad[p] = byte(r.IntN(s.size))
			erased = append(erased, p)
		}
	}
	return bad, erased
}

func TestEveryWordInReachIsCorrected(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, s := range shapes {
		for _, n := range s.lengths {
			for erasures := 0; erasures <= min(s.check, n); erasures++ {
				for errs := 0; 2*errs+erasures <= s.check && errs+erasures <= n; errs++ {
					for range 60 {
						word := s.word(r, n)
						bad, erased := s.spoil(r, word, errs, erasures)
						var want []int
						for i := range word {
							if word[i] != bad[i] {
								want = append(want, i)
							}
						}
						got, err := s.code.Decode(bad, erased)
						if err != nil {
							t.Fatalf("%s, %d symbols, %d wrong, %d erased: %v", s.name, n, errs, erasures, err)
						}
						if !bytes.Equal(bad, word) || !slices.Equal(got, want) {
							t.Fatalf("%s, %d symbols, %d wrong, %d erased: places %v, want %v; word right: %t", s.name, n, errs, erasures, got, want, bytes.Equal(bad, word))
						}
					}
				}
			}
		}
	}
}

// All one- and two-letter errors of one row, and every value they can take.
func TestRowExhaustive(t *testing.T) {
	s := shapes[0]
	r := rand.New(rand.NewPCG(3, 4))
	word := s.word(r, 25)
	for i := range word {
		for a := byte(1); a < 32; a++ {
			for j := i; j < len(word); j++ {
				for b := byte(1); b < 32; b++ {
					bad := bytes.Clone(word)
					bad[i] ^= a
					if j > i {
						bad[j] ^= b
					}
					if _, err := s.code.Decode(bad, nil); err != nil || !bytes.Equal(bad, word) {
						t.Fatalf("letters %d and %d: %v", i, j, err)
					}
					if j == i {
						break
					}
				}
			}
		}
	}
}

// What lies beyond reach is refused or lands on a true code word, and a
// refused word is left alone.
func TestBeyondReach(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, s := range shapes {
		refused, landed := 0, 0
		for range 2000 {
			n := s.lengths[r.IntN(len(s.lengths))]
			erasures := r.IntN(s.check + 1)
			errs := (s.check-erasures)/2 + 1
			if errs+erasures > n {
				continue
			}
			bad, erased := s.spoil(r, s.word(r, n), errs, erasures)
			kept := bytes.Clone(bad)
			changed, err := s.code.Decode(bad, erased)
			switch {
			case errors.Is(err, rs.ErrUncorrectable):
				refused++
				if !bytes.Equal(bad, kept) {
					t.Fatalf("%s: a refused word was changed", s.name)
				}
			case err != nil:
				t.Fatal(err)
			default:
				landed++
				if !bytes.Equal(s.code.Encode(bad[:n-s.check]), bad[n-s.check:]) {
					t.Fatalf("%s: corrected to a word that is not in the code", s.name)
				}
				outside := 0
				for _, p := range changed {
					if !slices.Contains(erased, p) {
						outside++
					}
				}
				if 2*outside+len(erased) > s.check {
					t.Fatalf("%s: corrected %d places outside %d erasures", s.name, outside, len(erased))
				}
			}
		}
		t.Logf("%s: %d refused, %d near another word", s.name, refused, landed)
	}
}

func TestRefused(t *testing.T) {
	c := shapes[0].code
	for name, f := range map[string]func() ([]int, error){
		"a place outside":     func() ([]int, error) { return c.Decode(make([]byte, 10), []int{10}) },
		"a negative place":    func() ([]int, error) { return c.Decode(make([]byte, 10), []int{-1}) },
		"a place twice":       func() ([]int, error) { return c.Decode(make([]byte, 10), []int{3, 3}) },
		"too many erasures":   func() ([]int, error) { return c.Decode(make([]byte, 10), []int{0, 1, 2, 3, 4}) },
		"no data":             func() ([]int, error) { return c.Decode(make([]byte, 4), nil) },
		"longer than a field": func() ([]int, error) { return c.Decode(make([]byte, 32), nil) },
		"not in the field":    func() ([]int, error) { return c.Decode([]byte{32, 0, 0, 0, 0, 0}, nil) },
	} {
		if _, err := f(); !errors.Is(err, rs.ErrUncorrectable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6}, []byte{0})
	f.Fuzz(func(t *testing.T, word, places []byte) {
		var erased []int
		for _, p := range places {
			erased = append(erased, int(p))
		}
		for _, s := range shapes {
			w := bytes.Clone(word)
			if _, err := s.code.Decode(w, erased); err == nil {
				if n := len(w) - s.check; !bytes.Equal(s.code.Encode(w[:n]), w[n:]) {
					t.Fatalf("%s: corrected to a word that is not in the code", s.name)
				}
			}
		}
	})
}
