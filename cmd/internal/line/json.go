package line

import (
	"encoding/json"
	"io"

	"meshkey/cmd/internal/exit"
)

// WriteJSON writes one object, for people who look at it too.
func WriteJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// errorJSON is the member "error".
type errorJSON struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// writeFailure writes what is known so far, with the error before it.
func writeFailure(w io.Writer, err error, known any) {
	failure, e := json.Marshal(errorJSON{exit.Code(err), err.Error(), exit.Hint(err)})
	if e != nil {
		return
	}
	object := append([]byte(`{"error":`), failure...)
	if answer, e := json.Marshal(known); e == nil && len(answer) > 2 && answer[0] == '{' {
		object = append(append(object, ','), answer[1:]...)
	} else {
		object = append(object, '}')
	}
	_ = WriteJSON(w, json.RawMessage(object))
}
