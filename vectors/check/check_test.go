package check

import (
	"encoding/json"
	"regexp"
	"strconv"
	"testing"

	"meshkey/vectors"
)

func TestVectors(t *testing.T) {
	results, err := Run()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Status == Failed {
			t.Errorf("%s %s (%s): %s", r.Topic, r.Name, r.Source, r.Detail)
		}
	}
}

// Every case of every topic has one result.
func TestEveryCase(t *testing.T) {
	results, err := Run()
	if err != nil {
		t.Fatal(err)
	}
	n := map[[2]string]int{}
	for _, r := range results {
		n[[2]string{r.Topic, r.Name}]++
	}
	for _, topic := range vectors.Topics() {
		for c := range vectors.Each[json.RawMessage](topic) {
			if n[[2]string{topic, c.Name}] != 1 {
				t.Errorf("%s %s has %d results", topic, c.Name, n[[2]string{topic, c.Name}])
			}
		}
	}
	if _, err := Run("no such topic"); err == nil {
		t.Error("a topic that does not exist is checked")
	}
}

// unchecked are the values that nothing vouches for. The header of an envelope
// is not signed: who sends it on may write into it what he likes about the
// content, its place in a store and the base seed. The source of an escrowed
// key, the name of a summand, and in a message names and nonces are for people.
var unchecked = regexp.MustCompile(`^(dare|mesh-escrow)(/envelopes/\d+)?/` +
	`(source|envelope/0/(kid|ContentMetaData|TreeDigest|SequenceInfo/.*|Received))$` +
	`|^threshold-keygen/summands/\d+/name$` +
	`|^threshold-decrypt/(key|ephemeral|holders/\d+/key)/name$` +
	`|^call/response/MeshHelloResponse/EnvelopedProfile[A-Z][a-z]+/0/ContentMetaData$` +
	`|^mesh-group/invitation/(sender|recipient|messageId|share/name)$`)

// A check that does not look at a value would pass whatever the value was. So
// each value of each case is changed, one at a time, and must be missed.
func TestEveryValueCounts(t *testing.T) {
	if testing.Short() {
		t.Skip("changes two thousand values, which takes seconds")
	}
	for topic, check := range topics {
		for c := range vectors.Each[json.RawMessage](topic) {
			if c.Result != vectors.OK {
				continue // another value fails too
			}
			var data any
			if err := json.Unmarshal(c.Data, &data); err != nil {
				t.Fatal(err)
			}
			spoil(data, "", func(path string) {
				spoilt := c
				spoilt.Data, _ = json.Marshal(data)
				if check(spoilt) == nil && !unchecked.MatchString(topic+path) {
					t.Errorf("%s %s: %s is not looked at", topic, c.Name, path)
				}
			})
		}
	}
}

// spoil changes the values in v, one at a time, calls visit with each path, and
// puts the value back.
func spoil(v any, path string, visit func(string)) {
	set := func(path string, old any, put func(any)) {
		if other := another(old); other != nil {
			put(other)
			visit(path)
			put(old)
		} else {
			spoil(old, path, visit)
		}
	}
	switch v := v.(type) {
	case map[string]any:
		for name, old := range v {
			set(path+"/"+name, old, func(x any) { v[name] = x })
		}
	case []any:
		for i, old := range v {
			set(path+"/"+strconv.Itoa(i), old, func(x any) { v[i] = x })
		}
	}
}

// another returns a value of the same kind, or nil for a map or a list.
func another(v any) any {
	switch v := v.(type) {
	case string:
		b := []byte(v)
		for i := len(b) / 2; i < len(b); i++ { // from the middle, where texts have no type
			switch c := b[i]; {
			case c >= '2' && c < '6', c >= 'a' && c < 'f', c >= 'A' && c < 'F':
				b[i]++
				return string(b)
			case c == '0', c == '1', c == '6', c == '7', c == '8', c == '9':
				b[i] = '3'
				return string(b)
			}
		}
		return v + "4"
	case float64:
		return v + 3
	}
	return nil
}
