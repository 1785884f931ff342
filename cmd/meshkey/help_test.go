package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Every command says what it does in a line and shows how it is used; commands
// that do something show it twice at least, unless there is only one way.
func TestHelp(t *testing.T) {
	a := &app{}
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		path := cmd.CommandPath()
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") || len(cmd.Short) > 75 {
			t.Errorf("%s: short help %q", path, cmd.Short)
		}
		if !strings.Contains(cmd.Example, "meshkey "+strings.TrimPrefix(path, "meshkey ")) && path != "meshkey" &&
			!strings.HasPrefix(path, "meshkey account ") {
			t.Errorf("%s: no example of its use", path)
		}
		for _, line := range strings.Split(cmd.Long+"\n"+cmd.Example, "\n") {
			if len([]rune(line)) > 100 {
				t.Errorf("%s: a line of %d characters: %s", path, len(line), line)
			}
		}
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(a.root())
}

// A command that is named is made alone, and it is the one that was named.
func TestNamedAlone(t *testing.T) {
	for _, cmd := range (&app{}).root().Commands() {
		alone := (&app{first: cmd.Name()}).root()
		if found := alone.Commands(); len(found) != 1 || found[0].Name() != cmd.Name() {
			t.Errorf("%s: %d commands", cmd.Name(), len(found))
		}
	}
}
