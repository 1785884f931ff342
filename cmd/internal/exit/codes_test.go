package exit_test

import (
	"errors"
	"fmt"
	"testing"

	"meshkey/cmd/internal/exit"
)

func TestCode(t *testing.T) {
	inner := errors.New("inner")
	hinted := exit.Errorf(exit.TooFew, "too few: %w", inner).Hinted("bring %d", 1)
	wrapped := fmt.Errorf("outer: %w", hinted)
	for _, c := range []struct {
		err  error
		code int
		hint string
	}{
		{nil, 0, ""},
		{inner, 1, ""},
		{hinted, 3, "bring 1"},
		{wrapped, 3, "bring 1"},
	} {
		if exit.Code(c.err) != c.code || exit.Hint(c.err) != c.hint {
			t.Errorf("%v: %d %q", c.err, exit.Code(c.err), exit.Hint(c.err))
		}
	}
	if !errors.Is(wrapped, inner) || wrapped.Error() != "outer: too few: inner" {
		t.Errorf("%v", wrapped)
	}
}
