package meshkeyd

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"meshkey/keyservice/server"
)

// A request is one line, with the caller's address only if that is wanted.
func TestAccessLog(t *testing.T) {
	a := server.Access{
		Peer: server.Peer{Address: "192.0.2.7:4711", Request: "5c1d8a3e9b24f071"},
		Call: "Operate", Code: "denied", Status: 403, In: 17, Out: 4, Took: 3 * time.Millisecond,
	}
	if accessLog(nil, "off") != nil {
		t.Error("requests are logged that should not be")
	}
	for what, from := range map[string]string{"calls": "", "addresses": " from=192.0.2.7:4711"} {
		var said bytes.Buffer
		accessLog(slog.New(slog.NewTextHandler(&said, nil)), what)(a)
		_, line, _ := strings.Cut(said.String(), " ")
		want := "level=INFO msg=request request=5c1d8a3e9b24f071 call=Operate outcome=denied status=403 in=17 out=4 took=3ms" + from + "\n"
		if line != want {
			t.Errorf("%s: %q", what, line)
		}
	}
}
