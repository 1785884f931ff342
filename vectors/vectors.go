// Package vectors holds test vectors as data that any language can use: JSON
// files, one a topic, and README.md, which explains their members and names
// the source of every case. This package embeds them and walks over them. It
// knows nothing of the code that is tested.
//
// # Security
//
// Seeds, shares and private keys in the vectors are published and protect
// nothing.
package vectors

import (
	"bytes"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"path"
	"slices"
	"strings"
)

// FS holds the files of all topics and README.md.
//
//go:embed *.json README.md
var FS embed.FS

// Origin tells where the values of a case come from.
type Origin string

// The origins of cases.
const (
	Published Origin = "published" // a document has them
	Erratum   Origin = "erratum"   // a document has another value, which Printed holds; the data are right
	Generated Origin = "generated" // made for this collection
	Found     Origin = "found"     // an error once made
)

// Results that are no failure. All others name a class of failure.
const (
	OK           = "ok"
	NotCheckable = "not-checkable" // Note tells why
)

// Source is a place in a document.
type Source struct {
	Document string   `json:"document"` // draft with its version, or the dated run of the reference's example generator
	Section  string   `json:"section"`
	Also     []string `json:"also,omitempty"` // documents that print the same
}

// String is the document and the section.
func (s Source) String() string {
	if s.Section != "" && s.Section[0] >= '0' && s.Section[0] <= '9' {
		return s.Document + ", section " + s.Section
	}
	return s.Document + ", " + s.Section
}

// Case is one case. Topic, Source and Origin are those of the set it is in.
type Case[T any] struct {
	Topic   string            `json:"-"`
	Source  Source            `json:"-"`
	Origin  Origin            `json:"-"`
	Name    string            `json:"name"`              // unique in its topic
	Result  string            `json:"result"`            // OK, NotCheckable, or the class of the one failure it must give
	Printed map[string]string `json:"printed,omitempty"` // what the document has and should not, by what it is
	Note    string            `json:"note,omitempty"`
	Data    T                 `json:"data"`
}

type file[T any] struct {
	Topic   string `json:"topic"`
	Version int    `json:"version"`
	Sets    []struct {
		Source Source    `json:"source"`
		Origin Origin    `json:"origin"`
		Cases  []Case[T] `json:"cases"`
	} `json:"sets"`
}

// version is the only one of the files.
const version = 1

// Topics lists the topics in alphabetical order.
func Topics() []string {
	entries, err := FS.ReadDir(".")
	if err != nil {
		panic("vectors: " + err.Error())
	}
	var out []string
	for _, e := range entries {
		if topic, ok := strings.CutSuffix(e.Name(), ".json"); ok {
			out = append(out, topic)
		}
	}
	slices.Sort(out)
	return out
}

// Each walks over the cases of a topic in the order of its file. T has a member
// for every member of their data; json.RawMessage takes any. It panics if there
// is no such topic, if a case has a member that T has not, or if the file is
// malformed: the files are part of the program.
func Each[T any](topic string) iter.Seq[Case[T]] {
	f, err := parse[T](topic)
	if err != nil {
		panic("vectors: " + topic + ": " + err.Error())
	}
	return func(yield func(Case[T]) bool) {
		for _, set := range f.Sets {
			for _, c := range set.Cases {
				c.Topic, c.Source, c.Origin = topic, set.Source, set.Origin
				if !yield(c) {
					return
				}
			}
		}
	}
}

func parse[T any](topic string) (*file[T], error) {
	b, err := FS.ReadFile(path.Clean(topic + ".json"))
	if err != nil {
		return nil, err
	}
	f := new(file[T])
	if err := strictly(b, f); err != nil {
		return nil, err
	}
	if f.Topic != topic || f.Version != version {
		return nil, fmt.Errorf("the file is of topic %q, version %d", f.Topic, f.Version)
	}
	return f, nil
}

// strictly decodes one value that has no unknown members and nothing behind it.
func strictly(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("more than one value")
	}
	return nil
}

// Hex is a sequence of octets, in JSON as lower-case hexadecimal digits.
type Hex []byte

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *Hex) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	if err != nil || hex.EncodeToString(b) != string(text) {
		return fmt.Errorf("not lower-case hexadecimal digits")
	}
	*h = b
	return nil
}

// MarshalText implements encoding.TextMarshaler.
func (h Hex) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

// String is the digits.
func (h Hex) String() string { return hex.EncodeToString(h) }
