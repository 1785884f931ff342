package group

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"meshkey/internal/dare"
	"meshkey/internal/jsonb"
	"meshkey/mesh"
)

// The structures below are written as docs/FORMATS.md says, each under its tag.

// version is that of all of them, except for records with conditions.
const version = 1

// tagged has one of the structures.
type tagged struct {
	jsonb.Rest
	Record      *recordBody      `jsonb:"GroupRecord"`
	Appointment *appointmentBody `jsonb:"GroupAppointment"`
	Proposal    *proposalBody    `jsonb:"GroupProposal"`
	Grant       *grantBody       `jsonb:"GroupGrant"`
	Welcome     *welcomeBody     `jsonb:"GroupWelcome"`
	Request     *requestBody     `jsonb:"GroupRequest"`
	Answer      *answerBody      `jsonb:"GroupAnswer"`
}

// tags are their names, as the MessageType of an envelope has them.
const (
	tagRecord      = "GroupRecord"
	tagAppointment = "GroupAppointment"
	tagGrant       = "GroupGrant"
	tagRequest     = "GroupRequest"
	tagAnswer      = "GroupAnswer"
)

var schema = sync.OnceValue(func() *jsonb.Schema {
	return jsonb.NewSchema(
		func(u jsonb.Unknown) any { return &mesh.Unknown{Unknown: u} },
		&tagged{}, &mesh.PublicKeyECDH{}, &mesh.CapabilityDecryptPartial{}, &mesh.CapabilityDecryptServiced{},
	)
})

type recordBody struct {
	jsonb.Rest
	Version     int64             `jsonb:"Version"`
	Serial      int64             `jsonb:"Serial"`
	Previous    []byte            `jsonb:"Previous"`
	Updated     string            `jsonb:"Updated"`
	Profile     jsonb.Raw         `jsonb:"EnvelopedProfileGroup"`
	Appointment jsonb.Raw         `jsonb:"EnvelopedAppointment"`
	Service     *memberBody       `jsonb:"Service"`
	Members     []*memberBody     `jsonb:"Members"`
	Keys        []*keyBody        `jsonb:"Keys"`
	Conditions  []*conditionsBody `jsonb:"Conditions"`
}

// version is 2 with conditions: who does not know them must not pass over them.
func (b *recordBody) version() int64 {
	if len(b.Conditions) > 0 {
		return 2
	}
	return version
}

type keyBody struct {
	jsonb.Rest
	Mode       string        `jsonb:"Mode"`
	Key        *mesh.KeyData `jsonb:"Key"`
	Sharing    string        `jsonb:"Sharing"`
	Next       int64         `jsonb:"Next"`
	Need       int64         `jsonb:"Need"`
	Commitment [][]byte      `jsonb:"Commitment"`
	Service    []byte        `jsonb:"Service"`
	Halves     []*halfBody   `jsonb:"Halves"`
}

type halfBody struct {
	jsonb.Rest
	Member  string `jsonb:"Member"`
	Issued  int64  `jsonb:"Issued"`
	Index   string `jsonb:"Index"`
	Public  []byte `jsonb:"Public"`
	Service []byte `jsonb:"Service"`
}

// marshal writes one of the structures under its tag.
func marshal(t *tagged) ([]byte, error) {
	b, err := schema().Marshal(t, jsonb.JSON)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return b, nil
}

// unmarshal reads them. What it finds is to be asked of the result.
func unmarshal(b []byte) (*tagged, error) {
	t := &tagged{}
	if err := schema().Unmarshal(b, t); err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return t, nil
}

var (
	errVersion = errors.New("group: a version that this program does not know")
	errDate    = errors.New("group: a moment is malformed")
)

// meta says in an envelope's header, for all to read, what it holds.
func meta(tag string) dare.ContentMeta { return dare.ContentMeta{MessageType: tag} }

func formatTime(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }

func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || formatTime(t) != s {
		return time.Time{}, errDate
	}
	return t.UTC(), nil
}
