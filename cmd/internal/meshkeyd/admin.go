package meshkeyd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"meshkey/cmd/internal/backup"
	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/line"
	"meshkey/cmd/internal/seedfile"
	"meshkey/internal/secret"
	"meshkey/keyservice/store"
)

// The administrator speaks with the running service through a socket in its
// folder: HTTP, JSON, nobody but the service's own user and the system's
// administrator. docs/FORMATS.md, The administrator's socket.

// maxOpener bounds what opens the secrets, in octets.
const maxOpener = 1 << 14

// statusJSON is what a running service says of itself.
type statusJSON struct {
	Running     bool             `json:"running"`
	Version     string           `json:"version,omitempty"`
	Process     int              `json:"process,omitempty"`
	Since       time.Time        `json:"since,omitzero"`
	Sealed      bool             `json:"sealed"`
	Ready       bool             `json:"ready"`             // answers calls
	Address     string           `json:"address,omitempty"` // what members give as --service
	Fingerprint string           `json:"fingerprint,omitempty"`
	Listen      string           `json:"listen,omitempty"`
	Monitor     string           `json:"monitor,omitempty"`
	Store       string           `json:"store,omitempty"` // its error; "ok" if it has none
	File        string           `json:"file,omitempty"`  // of the store, if it is one
	Certificate *certificateJSON `json:"certificate,omitempty"`
	Backup      time.Time        `json:"backup,omitzero"` // the last one made here or of the same database
}

// admin answers at the socket.
type admin struct{ d *daemon }

// routes are what the socket answers.
func (ad *admin) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", ad.status)
	mux.HandleFunc("GET /seals", ad.seals)
	mux.HandleFunc("POST /unseal", ad.unseal)
	mux.HandleFunc("POST /seal", ad.seal)
	mux.HandleFunc("PUT /seals/{name}", ad.putSeal)
	mux.HandleFunc("DELETE /seals/{name}", ad.deleteSeal)
	mux.HandleFunc("POST /rotate", ad.rotate)
	mux.HandleFunc("POST /invitations", ad.invite)
	mux.HandleFunc("POST /tie", ad.tie)
	mux.HandleFunc("GET /snapshot", ad.snapshot)
	mux.HandleFunc("POST /backed-up", ad.backedUp)
	return mux
}

func (ad *admin) status(w http.ResponseWriter, r *http.Request) {
	reply(w, ad.d.status(r.Context()), nil)
}

// seals gives the opener under each seal, which only who can open one can use.
func (ad *admin) seals(w http.ResponseWriter, r *http.Request) {
	s, err := view(r.Context(), ad.d.store)
	if err != nil {
		reply(w, nil, err)
		return
	}
	reply(w, s.seals, nil)
}

func (ad *admin) putSeal(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(io.LimitReader(r.Body, seedfile.MaxFile))
	if err == nil {
		err = putSeal(r.Context(), ad.d.store, r.PathValue("name"), b)
	}
	reply(w, struct{}{}, err)
}

func (ad *admin) deleteSeal(w http.ResponseWriter, r *http.Request) {
	reply(w, struct{}{}, deleteSeal(r.Context(), ad.d.store, r.PathValue("name")))
}

func (ad *admin) unseal(w http.ResponseWriter, r *http.Request) {
	b := make([]byte, maxOpener)
	n, err := io.ReadFull(r.Body, b)
	defer secret.Wipe(b)
	if err != io.ErrUnexpectedEOF {
		reply(w, nil, exit.Errorf(exit.Failed, "what opens the secrets was not understood"))
		return
	}
	reply(w, struct{}{}, ad.d.unseal(r.Context(), secret.Copy(b[:n])))
}

func (ad *admin) seal(w http.ResponseWriter, _ *http.Request) {
	ad.d.seal()
	reply(w, struct{}{}, nil)
}

// rotate puts the halves under a new storage key.
func (ad *admin) rotate(w http.ResponseWriter, r *http.Request) {
	done, err := ad.d.rotate(r.Context())
	reply(w, done, err)
}

// tie signs a root of the audit log now.
func (ad *admin) tie(w http.ResponseWriter, r *http.Request) {
	reply(w, struct{}{}, ad.d.server.Tie(r.Context()))
}

// snapshot writes a backup of one state of the store.
func (ad *admin) snapshot(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // as long as it takes
	w.Header().Set("Content-Type", "application/octet-stream")
	if err := snapshot(r.Context(), w, ad.d.store); err != nil {
		ad.d.log.Warn("a backup was broken off", "error", err)
		panic(http.ErrAbortHandler) // the other side must not take it for whole
	}
}

// backedUp notes that a backup was made, and read back.
func (ad *admin) backedUp(w http.ResponseWriter, r *http.Request) {
	now := time.Now().UTC().Format(time.RFC3339)
	reply(w, struct{}{}, ad.d.store.Update(r.Context(), func(w store.Writer) error {
		return w.Put(tableService, []byte(keyBackup), []byte(now))
	}))
}

// reply writes a value, or the error.
func reply(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		told := explain(err)
		w.WriteHeader(http.StatusConflict)
		v = refusal{exit.Code(told), told.Error(), exit.Hint(told)}
	}
	_ = line.WriteJSON(w, v)
}

// refusal is what the socket says instead of an answer.
type refusal struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// listenAdmin opens the socket. A folder belongs to one service at a time.
func listenAdmin(path string) (net.Listener, error) {
	if conn, err := net.Dial("unix", path); err == nil {
		conn.Close()
		return nil, exit.Errorf(exit.Failed, "another meshkeyd runs in this folder").
			Hinted("meshkeyd status shows it; a second service on this machine needs a folder of its own, --dir")
	}
	_ = os.Remove(path) // of one that was killed
	l, err := net.Listen("unix", path)
	if err != nil {
		if len(path) > 100 {
			return nil, exit.Errorf(exit.Failed, "the path of the socket is too long for the system: %s", path).Hinted("choose a shorter --dir")
		}
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	return trusted{l}, nil
}

// trusted lets in only who may.
type trusted struct{ net.Listener }

func (t trusted) Accept() (net.Conn, error) {
	for {
		conn, err := t.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if mayAdminister(conn) {
			return conn, nil
		}
		conn.Close()
	}
}

// serveAdmin answers at the socket until it is closed.
func (d *daemon) serveAdmin(l net.Listener) *http.Server {
	ad := &admin{d}
	h := &http.Server{
		Handler: ad.routes(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 10 * time.Minute,
		MaxHeaderBytes: 1 << 13, ErrorLog: slog.NewLogLogger(d.log.Handler(), slog.LevelWarn),
	}
	go func() { _ = h.Serve(l) }()
	return h
}

// A control is the other end of the socket.
type control struct{ client *http.Client }

// errNotRunning is a folder in which no service runs.
var errNotRunning = exit.Errorf(exit.Refused, "no meshkeyd runs in this folder").
	Hinted("meshkeyd serve starts it; --dir names its folder if it is another")

// dial reaches the service that runs in the folder, or returns errNotRunning.
func dial(ctx context.Context, s *settings) (*control, error) {
	path := s.path(socketName)
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	switch {
	case errors.Is(err, os.ErrPermission):
		return nil, exit.Errorf(exit.Refused, "%s: permission denied", path).Hinted("run it as the user that the service runs as")
	case err != nil:
		return nil, errNotRunning
	}
	first := conn
	return &control{&http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		if c := first; c != nil {
			first = nil
			return c, nil
		}
		return d.DialContext(ctx, "unix", path)
	}}}}, nil
}

// call asks for something, and reads what comes back into out, which may be nil.
func (c *control) call(ctx context.Context, verb, path string, body io.Reader, out any) error {
	answer, err := c.open(ctx, verb, path, body)
	if err != nil {
		return err
	}
	defer answer.Close()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(io.LimitReader(answer, 1<<22)).Decode(out); err != nil {
		return fmt.Errorf("the running service answered something else: %w", err)
	}
	return nil
}

func (c *control) open(ctx context.Context, verb, path string, body io.Reader) (io.ReadCloser, error) {
	r, err := http.NewRequestWithContext(ctx, verb, "http://meshkeyd"+path, body)
	if err != nil {
		return nil, err
	}
	answer, err := c.client.Do(r)
	if err != nil {
		return nil, exit.Errorf(exit.Failed, "the running service does not answer: %w", err)
	}
	if answer.StatusCode == http.StatusOK {
		return answer.Body, nil
	}
	defer answer.Body.Close()
	var no refusal
	if err := json.NewDecoder(io.LimitReader(answer.Body, 1<<16)).Decode(&no); err != nil || no.Message == "" {
		return nil, exit.Errorf(exit.Failed, "the running service answered %s", answer.Status).Hinted("is it of another version? restart it")
	}
	return nil, exit.Errorf(no.Code, "%s", no.Message).Hinted("%s", no.Hint)
}

// snapshot writes a backup of one state of a store.
func snapshot(ctx context.Context, w io.Writer, st store.Store) error {
	return st.View(ctx, func(r store.Reader) error {
		_, err := backup.Write(w, r, tables())
		return err
	})
}
