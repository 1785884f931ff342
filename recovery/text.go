package recovery

import (
	"slices"
	"strings"

	"meshkey/record"
)

// ParseText finds the shares and certificates in a text: what a person typed,
// what a program printed, or a sheet as plain text. It never fails; what is
// wrong with an item shows when a session is given it.
//
//   - A line that begins with S and A to D, after a label if there is one
//     ("Share:", "1:"), begins a share; lines of share letters continue it,
//     however it was wrapped. Hyphens, spaces, case and empty lines do not
//     matter.
//   - A slash ends a row; what follows are its check letters.
//   - A line that begins with MK1: is a certificate. A wrapped one is joined.
//   - Where a row could both begin a share and continue one, that reading
//     counts in which all shares are whole and have the same length.
//   - Seeds, strays and, where there is no share, whatever else the text is,
//     are named; other lines are passed over.
//
// Of a longer text the first 2,000 lines are read.
func ParseText(text string) []Item {
	text = strings.TrimPrefix(text, "\ufeff")
	if kind := identify(text); kind == Profile || kind == SeedFile || kind == Link {
		return []Item{{Kind: kind, Line: 1, Text: strings.TrimSpace(text)}}
	}
	items := scanLines(splitLines(text))
	useful := func(it Item) bool { return it.Kind == Share || it.Kind == Certificate }
	if slices.ContainsFunc(items, useful) {
		// A sheet has more on it than its share: its fingerprint, for one.
		items = slices.DeleteFunc(items, func(it Item) bool {
			return !useful(it) && it.Kind != Seed && it.Kind != Stray && !it.couldBeShare()
		})
	}
	return items
}

const maxLines = 2000

func splitLines(text string) []string {
	lines := strings.SplitN(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n", "\u2028", "\n").Replace(text), "\n", maxLines+1)
	return lines[:min(len(lines), maxLines)]
}

func scanLines(all []string) (items []Item) {
	var rows []line
	fresh, gap := true, false
	for i := 0; i < len(all); i++ {
		if text, n := readCertificate(all[i:]); n > 0 {
			items = append(append(items, layout(rows)...), Item{Kind: Certificate, Line: i + 1, Text: text})
			rows, fresh = nil, true
			i += n - 1
			continue
		}
		switch l := readLine(i+1, all[i]); l.form {
		case blank:
			gap = true
		case prose:
			fresh = true
		default:
			l.fresh, l.gap = fresh, gap
			fresh, gap = false, false
			rows = append(rows, l)
		}
	}
	return append(items, layout(rows)...)
}

// readCertificate returns the text of the certificate that begins with the
// first of lines, and the number of its lines; 0 if none begins there. Spaces
// are symbols of it, so lines are joined as they are.
func readCertificate(lines []string) (string, int) {
	first, ok := beginCertificate(lines[0])
	if !ok {
		return "", 0
	}
	const mostLines, most = 64, 2048 // letters, more than any certificate has
	joined := first
	for n, line := range lines[:min(len(lines), mostLines)] {
		if n > 0 {
			if _, next := beginCertificate(line); next {
				break
			}
			joined += line
		}
		if len(joined) > most {
			break
		}
		if n > 0 && line == "" {
			continue // asked already
		}
		if _, err := record.ParseCertificate(joined); err == nil {
			return joined, n + 1
		}
	}
	return first, 1
}

// beginCertificate reports whether a certificate begins in a line, and cuts off
// what stands before it.
func beginCertificate(line string) (string, bool) {
	line = strings.TrimLeft(line, " \t")
	if identify(line) != Certificate {
		line = strings.TrimLeft(strings.TrimPrefix(line, labelled().FindString(line)), " \t")
	}
	return line, identify(line) == Certificate
}
