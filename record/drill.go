package record

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/jsonb"
	"meshkey/udf"
)

// A Drill is the record of a test of real sheets: what was tested, how it ended,
// when the next test is due. It is public and holds no letter of a share;
// docs/FORMATS.md, section 7.
type Drill struct {
	Time        time.Time       // to the second, in UTC
	Next        time.Time       // the day the next drill is due, UTC; or zero
	Program     string          // that tested, with its version
	Passed      bool            // the account came back and nothing was wrong with any sheet
	Failure     string          // what was wrong, in words; empty if it passed
	Account     udf.Fingerprint // that came back, or was asked for; or zero
	Certificate *Certificate    // of the set, or nil
	Need        int             // shares needed; 0 if unknown
	Quorums     int             // choices of Need sheets that were combined and gave the account
	Sheets      []DrillSheet
}

// A DrillSheet is a sheet as it was tested.
type DrillSheet struct {
	Index  int    // of its share; 0 if that could not be read
	Kind   string // what it was read from: "picture", "pdf", "text", "typed"
	Result string // "good", "repaired", "suspect"
	Code   string // the reason of a suspect, a recovery.Code
	Row    int    // of a wrong letter; 0 if unknown
	Letter int    // in that row
	Margin int    // what was left of the code's error correction, in percent, at least 1; 0 if not measured
}

type taggedDrill struct {
	jsonb.Rest
	Drill *drill `jsonb:"DrillRecord"`
}

type drill struct {
	jsonb.Rest
	Version     int64         `jsonb:"Version"`
	Tested      string        `jsonb:"Tested"`
	Result      string        `jsonb:"Result"`
	Failure     string        `jsonb:"Failure"`
	Account     string        `jsonb:"Account"`
	Set         string        `jsonb:"Set"`
	Need        int64         `jsonb:"Need"`
	Quorums     int64         `jsonb:"Quorums"`
	Sheets      []*drillSheet `jsonb:"Sheets"`
	Next        string        `jsonb:"Next"`
	Program     string        `jsonb:"Program"`
	Certificate string        `jsonb:"Certificate"`
}

type drillSheet struct {
	jsonb.Rest
	Index  int64  `jsonb:"Index"`
	Kind   string `jsonb:"Kind"`
	Result string `jsonb:"Result"`
	Code   string `jsonb:"Code"`
	Row    int64  `jsonb:"Row"`
	Letter int64  `jsonb:"Letter"`
	Margin int64  `jsonb:"Margin"`
}

var drillSchema = sync.OnceValue(func() *jsonb.Schema { return jsonb.NewSchema(nil, &taggedDrill{}) })

const (
	drillType   = "DrillRecord"
	drillPassed = "passed"
	drillFailed = "failed"
	maxSheets   = 512 // of a drill
)

// Sign writes the record as a DARE envelope in JSON, in clear, signed with the
// account's AdministratorSignature key.
func (d *Drill) Sign(administrator *cogen.PrivateKey) ([]byte, error) {
	body, err := d.Marshal()
	if err != nil {
		return nil, err
	}
	e, err := dare.Sign(body, dare.ContentMeta{MessageType: drillType}, administrator)
	if err != nil {
		return nil, fmt.Errorf("record: signing the drill record: %w", err)
	}
	return e.Bytes(), nil
}

// Marshal writes the record as JSON without a signature, as it stands in an
// envelope. Alone it is a note that anybody could have written: that of a drill
// in which no account came back to sign it.
func (d *Drill) Marshal() ([]byte, error) {
	if !plausible(d.Time.UTC()) || len(d.Sheets) > maxSheets {
		return nil, errors.New("record: a drill record needs its date, and at most 512 sheets")
	}
	out := &drill{
		Version: version, Tested: d.Time.UTC().Format(time.RFC3339), Result: drillFailed, Failure: d.Failure,
		Need: int64(d.Need), Quorums: int64(d.Quorums), Program: d.Program,
	}
	if d.Passed {
		out.Result = drillPassed
	}
	if !d.Account.IsZero() {
		out.Account = d.Account.String()
	}
	if d.Certificate != nil {
		out.Set, out.Certificate = d.Certificate.SetName(), d.Certificate.Text()
	}
	if !d.Next.IsZero() {
		out.Next = d.Next.UTC().Format(time.DateOnly)
	}
	for _, s := range d.Sheets {
		out.Sheets = append(out.Sheets, &drillSheet{
			Index: int64(s.Index), Kind: s.Kind, Result: s.Result, Code: s.Code,
			Row: int64(s.Row), Letter: int64(s.Letter), Margin: int64(s.Margin),
		})
	}
	b, err := drillSchema().Marshal(&taggedDrill{Drill: out}, jsonb.JSON)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return b, nil
}

// IsDrill tells whether octets look like a record that ReadDrill reads: bare, or
// in an envelope.
func IsDrill(b []byte) bool {
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte(`{"`+drillType+`"`)) {
		return true
	}
	e, err := dare.Parse(b)
	if err != nil || e.Encrypted() {
		return false
	}
	meta, err := e.ContentMeta()
	return err == nil && meta.MessageType == drillType
}

// ReadDrill reads a record and says whether it has a signature, which is not
// checked: until [VerifyDrill] was asked, nothing in it can be relied on.
func ReadDrill(b []byte) (d *Drill, signed bool, err error) {
	if body := bytes.TrimSpace(b); len(body) > 0 && body[0] == '{' {
		d, err = parseDrill(body)
		return d, false, err
	}
	e, err := dare.Parse(b)
	switch {
	case err != nil:
		return nil, false, fmt.Errorf("record: %w", err)
	case e.Encrypted():
		return nil, false, errors.New("record: the envelope holds no drill record")
	}
	d, err = parseDrill(e.Body)
	return d, e.Signed(), err
}

// VerifyDrill checks the signature of a record and reads it. administrator is
// the account's AdministratorSignature key, from its verified profile or from
// its seed; from a certificate, the record is as much the account's as the
// certificate is.
func VerifyDrill(b []byte, administrator *cogen.PublicKey) (*Drill, error) {
	if body := bytes.TrimSpace(b); len(body) > 0 && body[0] == '{' {
		return nil, fmt.Errorf("record: the drill record: %w", dare.ErrUnsigned)
	}
	e, err := dare.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	if err := e.Verify(administrator); err != nil {
		return nil, fmt.Errorf("record: the drill record is not the account's: %w", err)
	}
	body, err := e.Payload()
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return parseDrill(body)
}

var errDrill = errors.New("record: the drill record is malformed")

func parseDrill(body []byte) (*Drill, error) {
	var t taggedDrill
	if err := drillSchema().Unmarshal(body, &t); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	in := t.Drill
	switch {
	case in == nil:
		return nil, errors.New("record: this holds no drill record")
	case in.Version != version:
		return nil, errors.New("record: the drill record is of a version this program does not know")
	case in.Result != drillPassed && in.Result != drillFailed, len(in.Sheets) > maxSheets,
		in.Need < 0 || in.Need > 15, in.Quorums < 0 || in.Quorums > 1<<20:
		return nil, errDrill
	}
	d := &Drill{
		Program: in.Program, Passed: in.Result == drillPassed, Failure: in.Failure,
		Need: int(in.Need), Quorums: int(in.Quorums),
	}
	var err error
	if d.Time, err = time.Parse(time.RFC3339, in.Tested); err != nil || !plausible(d.Time.UTC()) {
		return nil, errDrill
	}
	d.Time = d.Time.UTC().Truncate(time.Second)
	if in.Next != "" {
		if d.Next, err = time.Parse(time.DateOnly, in.Next); err != nil {
			return nil, errDrill
		}
	}
	if in.Account != "" {
		if d.Account, err = udf.ParseFingerprint(in.Account); err != nil {
			return nil, errDrill
		}
	}
	if in.Certificate != "" {
		if d.Certificate, err = ParseCertificate(in.Certificate); err != nil {
			return nil, err
		}
	}
	for _, s := range in.Sheets {
		if s == nil || min(s.Index, s.Row, s.Letter, s.Margin) < 0 || max(s.Index, s.Row, s.Letter, s.Margin) > 100 {
			return nil, errDrill
		}
		d.Sheets = append(d.Sheets, DrillSheet{
			Index: int(s.Index), Kind: s.Kind, Result: s.Result, Code: s.Code,
			Row: int(s.Row), Letter: int(s.Letter), Margin: int(s.Margin),
		})
	}
	return d, nil
}
