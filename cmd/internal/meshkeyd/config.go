package meshkeyd

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"unicode/utf8"

	"meshkey/cmd/internal/exit"
)

// maxConfig bounds the configuration file, in octets.
const maxConfig = 1 << 16

// notInFile are flags that the configuration file does not have: the address is
// in the store, since all that share it have one.
var notInFile = []string{"address", "passphrase-file"}

// kinds are the types of flags as a person calls them.
var kinds = map[string]string{"int": "whole number", "duration": "time with its unit, such as 20s"}

// setting is a line of a configuration file.
type setting struct {
	line        int
	name, value string
}

// readConfig sets from the configuration file what no flag has set. A file that
// was named must be there.
func (s *settings) readConfig() error {
	name, named := s.config, s.config != ""
	if !named {
		name = s.path(configName)
	}
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil
	}
	if err != nil {
		return err
	}
	if info, err := os.Stat(name); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0 {
		return exit.Errorf(exit.Failed, "others can write to %s", name).Hinted("chmod go-w %s", name)
	}
	list, err := parseConfig(b)
	if err != nil {
		return exit.Errorf(exit.Usage, "%s: %w", name, err)
	}
	s.config = name
	for _, c := range list {
		flag := s.all.Flags().Lookup(c.name)
		if flag == nil || oneOf(c.name, notInFile...) {
			return exit.Errorf(exit.Usage, "%s: line %d: there is no setting %q", name, c.line, c.name).
				Hinted("meshkeyd serve --help lists them; a setting is a flag without the two dashes")
		}
		if flag.Changed {
			continue
		}
		if err := flag.Value.Set(c.value); err != nil {
			return exit.Errorf(exit.Usage, "%s: line %d: %s: %q is no %s", name, c.line, c.name, c.value, kinds[flag.Value.Type()])
		}
	}
	return nil
}

// parseConfig reads lines of the form "name = value". An empty line, and one
// that begins with #, is passed over. There is no quoting: a value goes from its
// first to its last character that is not a space.
func parseConfig(b []byte) ([]setting, error) {
	if len(b) > maxConfig {
		return nil, fmt.Errorf("more than %d octets", maxConfig)
	}
	seen := map[string]int{}
	var out []setting
	for i, text := range bytes.Split(b, []byte{'\n'}) {
		n := i + 1
		if !utf8.Valid(text) {
			return nil, fmt.Errorf("line %d is not text", n)
		}
		text := strings.TrimSpace(string(text))
		if text == "" || text[0] == '#' {
			continue
		}
		name, value, found := strings.Cut(text, "=")
		c := setting{n, strings.TrimSpace(name), strings.TrimSpace(value)}
		switch {
		case !found || c.name == "":
			return nil, fmt.Errorf("line %d: write it as name = value", n)
		case c.value == "":
			return nil, fmt.Errorf("line %d: %q has no value; leave the line out for the default", n, c.name)
		case seen[c.name] > 0:
			return nil, fmt.Errorf("line %d: %q stands in line %d already", n, c.name, seen[c.name])
		}
		seen[c.name] = n
		out = append(out, c)
	}
	return out, nil
}

// formatConfig writes settings as parseConfig reads them.
func formatConfig(list []setting) []byte {
	var b bytes.Buffer
	for _, c := range list {
		fmt.Fprintf(&b, "%s = %s\n", c.name, c.value)
	}
	return b.Bytes()
}
