package print

import (
	"slices"
	"strconv"
	"strings"

	"meshkey/internal/field"
)

// fill puts what differs from sheet to sheet into a text.
func (l *layout) fill(text string) string {
	prime := field.New(l.secretLen)
	number := strconv.Itoa
	return fill(text, "{address}", noBreak(l.address),
		"{index}", number(l.index), "{need}", number(l.need), "{of}", number(l.of),
		"{len}", number(l.secretLen), "{sharelen}", number(l.secretLen+2), "{bits}", number(8*l.secretLen),
		"{ikm}", number(l.secretLen-1), "{random}", number(l.secretLen-3),
		"{offset}", number(int(prime.Offset())), "{type}", number(int(l.typeOctet)))
}

// noBreak keeps a name in one line while it fits one.
func noBreak(text string) string { return strings.ReplaceAll(text, " ", "\u00a0") }

// byNeed chooses between four texts.
func (l *layout) byNeed(some, all, added, one string) string {
	switch {
	case l.need == 1:
		return l.fill(one)
	case l.added:
		return l.fill(added)
	case l.need == l.of:
		return l.fill(all)
	default:
		return l.fill(some)
	}
}

func (l *layout) sheetOf() string {
	if l.added {
		return l.fill(l.words.SheetAdded)
	}
	return l.fill(l.words.Sheet)
}

// made is the set's name and date, as far as there are any.
func (l *layout) made() string {
	var parts []string
	if l.set != "" {
		parts = append(parts, l.words.Set+"\u00a0"+l.set)
	}
	if !l.date.IsZero() {
		parts = append(parts, l.words.date(l.date))
	}
	return strings.Join(parts, "  ·  ")
}

// sentences are the two that a stranger must read: what this is, and what it
// can do alone.
func (l *layout) sentences() (what, need string) {
	what = l.words.WhatSecret
	switch {
	case l.address != "":
		what = l.words.WhatAddress
	case l.fingerprint != "":
		what = l.words.WhatAccount
	}
	return l.fill(what), l.byNeed(l.words.NeedSome, l.words.NeedAll, l.words.NeedAdded, l.words.NeedOne)
}

// duties are what a holder has to do: a heading and a few sentences each.
func (l *layout) duties() [][2]string {
	keep := [2]string{l.words.Keep, l.words.KeepText}
	if l.need == 1 {
		keep[1] = l.words.KeepOne
	}
	if l.notReal {
		keep = [2]string{l.words.NotReal + ".", l.words.NotRealText}
	}
	return [][2]string{keep, {l.words.Asked, l.words.AskedText}, {l.words.Photo, l.words.PhotoText}}
}

// how says how the secret comes back.
func (l *layout) how() string {
	if l.need == 1 {
		return l.fill(l.words.SecretOne)
	}
	return l.fill(l.words.SecretSet)
}

// fact is something public and its name.
type fact struct {
	name, value string
	what        string // for errors
	face        face
}

// facts are what is public, without what the header says.
func (l *layout) facts() []fact {
	needed := l.byNeed(l.words.RecoverSome, l.words.RecoverAll, l.words.RecoverAdded, l.words.RecoverOne)
	if l.sealed {
		needed = fill(l.words.Sealed, "{needed}", needed)
	}
	all := []fact{
		{l.words.Account, l.fingerprint, "fingerprint", monoBold},
		{l.words.Address, l.address, "address", regular},
		{l.words.Service, l.service, "service", regular},
		{l.words.Recover, needed, "words", regular},
	}
	return slices.DeleteFunc(all, func(f fact) bool { return f.value == "" })
}

// technical is what a programmer needs to do without this program.
func (l *layout) technical() []string {
	all := []string{l.words.DoShare, l.words.DoBytes, l.words.DoLetters}
	if l.fingerprint != "" {
		all = []string{l.words.DoShare, l.words.DoSeed, l.words.DoAccount, l.words.DoLetters}
	}
	if l.certificate != "" {
		all = append(all, l.words.DoPublic)
	}
	for i := range all {
		all[i] = l.fill(all[i])
	}
	return all
}
