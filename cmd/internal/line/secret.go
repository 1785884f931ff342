package line

import (
	"os"
	"regexp"
	"strings"
	"sync"

	"meshkey/cmd/internal/exit"
)

// secretForms are how secrets begin that people have at hand as text, and that
// no file is named like.
var secretForms = sync.OnceValue(func() []secretForm {
	return []secretForm{
		// The type octet 144, then the header.
		{"a share", regexp.MustCompile(`^[Ss][A-Da-d][A-Za-z2-7]{2}([- ]?[A-Za-z2-7]{4}){3}`)},
		{"a seed", regexp.MustCompile(`^[Zz][A-Za-z2-7]{3}([- ][A-Za-z2-7]{4}){5}`)},
		{"a symmetric key", regexp.MustCompile(`^[Ee][A-Za-z2-7]{3}([- ][A-Za-z2-7]{4}){5}`)},
		{"an age identity", regexp.MustCompile(`^(?i:AGE-SECRET-KEY-)`)},
	}
})

type secretForm struct {
	name   string
	begins *regexp.Regexp
}

// SecretName names the secret that an argument looks like, or is empty.
func SecretName(arg string) string {
	for _, form := range secretForms() {
		if form.begins.MatchString(strings.TrimSpace(arg)) {
			return form.name
		}
	}
	return ""
}

// SecretGiven is the error for a secret of that kind on the command line.
func SecretGiven(name string) error {
	return exit.Errorf(exit.Usage, "%s on the command line is seen by every program here and stays in the shell's history", name).
		Hinted("remove it from the history; then give it in a file, on standard input (-), or type it where the command asks for it")
}

// RefuseSecrets refuses shares, and other secrets, given as arguments.
func RefuseSecrets(args []string) error {
	for _, arg := range args {
		if name := SecretName(arg); name != "" && !exists(arg) {
			return SecretGiven(name)
		}
	}
	return nil
}

// keepSecret replaces an error that repeats a secret from the command line,
// wherever it stood there: as a command, as a flag or the value of one.
func keepSecret(err error, args []string) error {
	told := err.Error() + "\n" + exit.Hint(err)
	for i, arg := range args {
		for _, part := range []string{arg, strings.TrimLeft(arg, "-"), afterEquals(arg)} {
			whole := strings.Join(append([]string{part}, args[i+1:]...), " ") // the shell parts it at spaces
			name := SecretName(whole)
			if name != "" && strings.Contains(told, part) && !exists(part) {
				return SecretGiven(name)
			}
		}
	}
	return err
}

func afterEquals(arg string) string {
	_, value, _ := strings.Cut(arg, "=")
	return value
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}
