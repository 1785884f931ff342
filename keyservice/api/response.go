package api

import (
	"errors"
	"fmt"
	"reflect"
)

var errNotText = errors.New("not UTF-8")

// ParseResponse reads a response, be it a refusal.
func ParseResponse(b []byte) (Response, error) {
	if len(b) > MaxTransfer {
		return nil, fmt.Errorf("api: a response of more than %d octets", MaxTransfer)
	}
	v, err := parse(b)
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	x, err := schema().DecodeTagged(v)
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	r, ok := x.(Response)
	if !ok {
		Wipe(x)
		return nil, errors.New("api: no response")
	}
	if err := check(r, false); err != nil {
		Wipe(x)
		return nil, fmt.Errorf("api: %w", err)
	}
	return r, nil
}

// ParseAnswer reads the response to a request: one of its type, whose Status is
// StatusDone. A refusal is an *Error, for errors.Is.
func ParseAnswer(to Request, b []byte) (Response, error) {
	r, err := ParseResponse(b)
	if err != nil {
		return nil, err
	}
	base, want := r.Base(), responses()[to.Call()]
	fits := reflect.TypeOf(r).Elem() == want
	if _, refusal := r.(*ErrorResponse); base.Status == StatusDone && fits {
		return r, nil
	} else if base.Status == StatusDone || !fits && !refusal {
		Wipe(r)
		return nil, fmt.Errorf("api: something else than a response to %s", to.Call())
	}
	defer Wipe(r)
	return nil, refusal(base)
}

// Refuse writes a refusal of the call of that name, which is empty if there was
// none.
func Refuse(name string, e *Error) []byte {
	var r Response = &ErrorResponse{}
	if t, ok := responses()[name]; ok {
		r = reflect.New(t).Interface().(Response)
	}
	e.fill(r.Base())
	b, err := Marshal(r)
	if err != nil {
		panic("api: " + err.Error()) // its texts are our own
	}
	return b
}
