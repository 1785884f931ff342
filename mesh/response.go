package mesh

import "meshkey/internal/jsonb"

// Response is what every response of a service has. The members behind
// StatusDescription are additions of ours, docs/FORMATS.md.
type Response struct {
	jsonb.Rest
	Status            int64      `jsonb:"Status"` // 201 is success
	StatusDescription string     `jsonb:"StatusDescription"`
	Code              string     `jsonb:"Code"`              // of a refusal, a word for programs
	RetryAfter        int64      `jsonb:"RetryAfter"`        // seconds, of a refusal
	EnvelopedReceipts []Envelope `jsonb:"EnvelopedReceipts"` // of the service's audit log
}

// Base returns r, to reach it in whatever descends from it.
func (r *Response) Base() *Response { return r }
