package main

import (
	"bytes"
	"embed"
	"fmt"
	"strings"
	"text/template"
	"time"

	"meshkey/cmd/internal/terminal"
	"meshkey/escrow"
)

//go:embed notices/*.txt
var noticeTexts embed.FS

// notice tells the holders of a set what was done to it and what that means for
// them. It is public.
type notice struct {
	Set, SetDate     string // empty without a certificate
	Account, Address string // empty if unknown
	Sheet, Need, Of  int
	Used             string // the sheets it was made from
	Date             string // of making it
	Added            bool   // else made again
	Copied           bool   // from the old sheet itself
	Unverified       bool   // there is no certificate
}

func noticeOf(kit *escrow.Kit, used []int, added bool, day time.Time) *notice {
	n := &notice{
		Set: kit.SetName, Address: terminal.Clean(kit.Address), Sheet: kit.Shares[0].Index(),
		Need: kit.Quorum.Need, Of: kit.Quorum.Of, Used: numbers(used), Date: day.Format(time.DateOnly), Added: added,
		Copied: len(used) == 1 && used[0] == kit.Shares[0].Index(), Unverified: kit.Certificate == nil,
	}
	if !kit.Fingerprint.IsZero() {
		n.Account = kit.Fingerprint.String()
	}
	if kit.Certificate != nil {
		n.SetDate = kit.Date.Format(time.DateOnly)
	}
	return n
}

// write is the notice in a language, and in English below it.
func (n *notice) write(language string) ([]byte, error) {
	var b bytes.Buffer
	for i, tag := range []string{language, "en"} {
		if i > 0 {
			if language == tag {
				break
			}
			b.WriteString("\n" + strings.Repeat("-", 79) + "\n\n")
		}
		t, err := template.ParseFS(noticeTexts, "notices/"+tag+".txt")
		if err != nil {
			return nil, err
		}
		if err := t.Execute(&b, n); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// numbers lists numbers, as in "1, 3".
func numbers(list []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ", "), "[]")
}
