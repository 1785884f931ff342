package line

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// flagFault says what is wrong with a flag, in words of the person who gave
// it; of anything else that was not understood, what err says.
func flagFault(err error) string {
	var missing *pflag.ValueRequiredError
	if errors.As(err, &missing) {
		name, _ := pflag.UnquoteUsage(missing.GetFlag())
		return fmt.Sprintf("--%s needs a value after it: %s", missing.GetFlag().Name, name)
	}
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) {
		text, _, _ := strings.Cut(err.Error(), "\n") // cobra adds suggestions over several lines
		return text
	}
	flag := invalid.GetFlag()
	if errors.Is(invalid, strconv.ErrRange) {
		return fmt.Sprintf("--%s %s: the number is out of range", flag.Name, invalid.GetValue())
	}
	switch flag.Value.Type() {
	case "bool":
		return fmt.Sprintf("--%s is given alone, or as --%[1]s=true or --%[1]s=false, not with %q", flag.Name, invalid.GetValue())
	case "int", "int64":
		return fmt.Sprintf("--%s takes a whole number, not %q", flag.Name, invalid.GetValue())
	case "uint64":
		return fmt.Sprintf("--%s takes a whole number from 0 on, not %q", flag.Name, invalid.GetValue())
	case "duration":
		return fmt.Sprintf("--%s takes a time such as 90s, 15m or 24h, not %q", flag.Name, invalid.GetValue())
	}
	return fmt.Sprintf("--%s %q: %v", flag.Name, invalid.GetValue(), invalid.Unwrap())
}
