package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/terminal"
	"meshkey/internal/dare"
	"meshkey/internal/secret"
	"meshkey/profile"
	"meshkey/record"
)

// sealedRecord is a file that says of itself that it is a recovery record.
type sealedRecord struct {
	name string
	data []byte
}

// isRecord reports whether an envelope says that it is a recovery record.
// Nothing vouches for that before it is opened.
func isRecord(e interface {
	ContentMeta() (*dare.ContentMeta, error)
}) bool {
	meta, err := e.ContentMeta()
	return err == nil && meta.MessageType == "RecoveryRecord"
}

func isRecordFile(data []byte) bool {
	e, err := dare.Parse(data)
	return err == nil && isRecord(e)
}

// openRecord verifies and opens a record with what the seed gives.
func openRecord(data []byte, seed *profile.Seed, account *profile.Account) (*record.Record, error) {
	octets := seed.Octets()
	defer secret.Wipe(octets)
	key, err := record.NewKey(octets)
	if err != nil {
		return nil, err
	}
	defer key.Wipe()
	return record.Open(data, key, account.Private(profile.AdministratorSignature).PublicKey())
}

// recordJSON is what an opened record tells.
type recordJSON struct {
	Serial  int64  `json:"serial"`
	Created string `json:"created"`
	Address string `json:"address"`
	Service string `json:"service"`
	Keys    int    `json:"keys"`              // in escrow
	Profile string `json:"profile,omitempty"` // file that its profile was written into
}

func describeRecord(r *record.Record) *recordJSON {
	return &recordJSON{Serial: r.Serial, Created: r.Created.Format(time.RFC3339), Address: r.Address, Service: r.Service, Keys: len(r.Escrowed)}
}

func (r *recordJSON) print(w io.Writer) {
	fmt.Fprintf(w, "Record   number %d of %s, %s in escrow\n", r.Serial, r.Created, countOf(r.Keys, "key", "keys"))
	if r.Address != "" {
		fmt.Fprintf(w, "  address  %s\n", terminal.Clean(r.Address))
	}
	if r.Service != "" {
		fmt.Fprintf(w, "  service  %s\n", terminal.Clean(r.Service))
	}
	if r.Profile != "" {
		fmt.Fprintf(w, "  profile  %s, public\n", terminal.Clean(r.Profile))
	}
}

// takeRecords keeps the recovery records among the files for when the account
// is back, and returns the others.
func (o *recovering) takeRecords(a *app, args []string) (rest []string) {
	for _, arg := range args {
		if found, ok := a.sniff(arg).(sealedRecord); ok {
			o.records = append(o.records, found)
		} else {
			rest = append(rest, arg)
		}
	}
	return rest
}

// openRecords opens the records with the account that came back, and returns
// the newest; nil if there is none. The account is back without them, so what
// is wrong with one is said and stops nothing.
func (o *recovering) openRecords(a *app, seed *profile.Seed, account *profile.Account) *record.Record {
	var newest *record.Record
	var name string
	for _, file := range o.records {
		r, err := openRecord(file.data, seed, account)
		switch {
		case isForgery(err), is[*dare.RecipientError](err):
			a.voice.Warn("%s is a recovery record, but not of this account, or it was changed: %s", file.name, plain(err.Error()))
		case err != nil:
			a.voice.Warn("%s: %s", file.name, plain(err.Error()))
		case newest == nil:
			newest, name = r, file.name
		case r.Serial > newest.Serial:
			sayOlder(a, name, newest, r)
			newest, name = r, file.name
		case r.Serial < newest.Serial:
			sayOlder(a, file.name, r, newest)
		}
	}
	for _, file := range o.records {
		if file.name == name {
			o.newest = file
		}
	}
	switch {
	case newest == nil || len(newest.Escrowed) == 0:
	case o.fetched() && o.keptPath() == "":
		a.voice.Say("The recovery record has %s in escrow; --out FILE keeps it too, as FILE.record.dare.", countOf(len(newest.Escrowed), "key", "keys"))
	case o.fetched():
		a.voice.Say("The recovery record has %s in escrow: meshkey dare open %s --seed %s --keys DIR", countOf(len(newest.Escrowed), "key", "keys"), o.keptPath(), o.out)
	default:
		a.voice.Say("The recovery record has %s in escrow: meshkey dare open %s --seed SEED --keys DIR", countOf(len(newest.Escrowed), "key", "keys"), name)
	}
	return newest
}

func sayOlder(a *app, name string, old, newest *record.Record) {
	a.voice.Warn("%s is an older recovery record, number %d; number %d counts", name, old.Serial, newest.Serial)
}

// profileIn is the profile in a record; nil, with a warning, if there is none
// that is the account's.
func (a *app) profileIn(r *record.Record, account *profile.Account) *profile.Profile {
	if r == nil || r.Profile == nil {
		return nil
	}
	p, err := profile.Parse(r.Profile)
	if err != nil || !p.Fingerprint().Matches(account.Fingerprint()) {
		a.voice.Warn("the profile in the recovery record is not one of this account, and was not written")
		return nil
	}
	return p
}

// profilePath is where the profile of a record goes, beside the seed; empty if
// it stays in the record.
func (o *recovering) profilePath(a *app) string {
	switch {
	case o.out == "":
		return ""
	case o.toStdout:
		a.voice.Say("The profile in the recovery record was not written: the seed goes to standard output.")
		return ""
	}
	path := o.out + ".profile"
	if _, err := os.Lstat(path); err == nil && !o.replace {
		a.voice.Warn("%s is there already; the profile in the recovery record was not written", path)
		return ""
	}
	return path
}

// tellRecord prints what a record holds, or writes the profile in it to a file.
func (a *app) tellRecord(name string, r *record.Record, account *profile.Account, out string, replace bool) error {
	a.voice.Say("The signature is good: key %s.", profile.AdministratorSignature)
	p := a.profileIn(r, account)
	told := describeRecord(r)
	switch {
	case out != "" && p == nil:
		return exit.Errorf(exit.Failed, "%s has no profile to write", sourceName(name))
	case out != "":
		return a.write(out, p.Bytes(), replace)
	}
	told.print(a.out)
	if p != nil {
		a.voice.Say("The signed profile is in it; --out FILE writes it.")
	}
	if told.Keys > 0 {
		a.voice.Say("--keys DIR writes the keys in escrow.")
	}
	return nil
}
