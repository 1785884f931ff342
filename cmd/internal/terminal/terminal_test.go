package terminal

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"meshkey/cmd/internal/exit"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain\ttext\n":         "plain\ttext\n",
		"\x1b[2Jgone":           "\uFFFD[2Jgone",
		"a\rb":                  "a\uFFFDb",
		"ab\u202efdp.exe":       "ab\uFFFDfdp.exe",
		"Jürgen Ødegård \u2014": "Jürgen Ødegård \u2014",
		"\u009b31m":             "\uFFFD31m",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q", in, got)
		}
	}
}

func TestVoice(t *testing.T) {
	var b bytes.Buffer
	v := NewVoice("meshkey", &b)
	v.Say("1 of %d", 2)
	v.Warn("loose\x1b")
	v.Error(exit.Errorf(exit.TooFew, "too few").Hinted("find one more"))
	v.Error(errors.New("two\nlines"))
	want := "1 of 2\nmeshkey: warning: loose\uFFFD\nmeshkey: error: too few\nmeshkey: hint: find one more\n" +
		"meshkey: error: two\nmeshkey: error: lines\n"
	if b.String() != want {
		t.Errorf("got %q", b.String())
	}
}

func TestReadLine(t *testing.T) {
	r := strings.NewReader("one\r\n\ntail")
	for _, want := range []string{"one", "", "tail"} {
		if got, err := readLine(r); err != nil || string(got) != want {
			t.Errorf("readLine = %q, %v; want %q", got, err, want)
		}
	}
	if _, err := readLine(r); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	if _, err := readLine(strings.NewReader(strings.Repeat("x", maxLine+1))); err == nil {
		t.Error("an endless line was read")
	}
}
