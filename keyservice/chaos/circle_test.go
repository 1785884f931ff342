package chaos

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"meshkey/group"
	"meshkey/keyservice/api"
	"meshkey/mesh"
	"meshkey/profile"
)

// patience is how long a caller waits for an answer. A service that is alive has
// to say something before that, whatever it stands on.
const patience = 40 * time.Second

// A circle is a group at a service, with members who ask.
type circle struct {
	testing.TB
	http    *http.Client
	service *profile.Profile
	admin   *group.Administrator
	owner   api.Caller
	members []*member
}

// A member asks for one contribution again and again.
type member struct {
	caller    api.Caller
	operation api.Request
	request   *group.Request

	membership *group.Membership
	envelope   []byte // says "for the group"
}

// found makes a group with members, which the service at an address keeps.
func found(t testing.TB, at, invitation string, names ...string) *circle {
	t.Helper()
	c := &circle{TB: t, http: &http.Client{Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{InsecureSkipVerify: true}, // who answers signs receipts
		MaxIdleConnsPerHost: 64,
	}}}
	hello, err := api.Marshal(&api.HelloRequest{})
	check(t, err)
	answer, err := c.patiently(func() (api.Response, error) { return c.ask(at, &api.HelloRequest{}, hello) })
	check(t, err)
	c.service, err = profile.Parse(answer.(*api.MeshHelloResponse).EnvelopedProfileService)
	check(t, err)
	service, err := group.NewMember(c.service, "keys.example.com")
	check(t, err)

	var identities []*group.Identity
	var members []group.Member
	for _, name := range names {
		account, err := profile.NewSeed().Account()
		check(t, err)
		m := &member{caller: api.Caller{Account: name + "@example.com", Key: account.Private(profile.CommonSignature)}}
		id, err := group.AccountIdentity(account, m.caller.Account)
		check(t, err)
		identities, members, c.members = append(identities, id), append(members, id.Member), append(c.members, m)
	}
	account, err := profile.NewSeed().Account()
	check(t, err)
	opt := group.Options{Mode: group.Serviced, Address: "groupw@example.com", At: time.Now(), Service: &service}
	a, change, err := group.Create(account, opt, members...)
	check(t, err)
	c.admin, c.owner = a, api.Caller{Account: opt.Address, Key: account.Private(profile.AdministratorSignature)}
	register := &api.CreateAccountRequest{
		AccountAddress: opt.Address, EnvelopedProfileAccount: a.Group().Profile().Bytes(), Invitation: invitation,
	}
	for _, r := range []api.Request{register, transfer(change)} {
		check(t, c.insist(at, c.owner, r))
	}
	for i, m := range c.members {
		m.prepare(t, a.Group(), identities[i], change.Invitations[m.caller.Account])
	}
	return c
}

// prepare makes what the member asks for: to open one envelope.
func (m *member) prepare(t testing.TB, g *group.Group, id *group.Identity, invitation []byte) {
	t.Helper()
	var err error
	m.membership, err = group.Accept(g, id, invitation)
	check(t, err)
	var out bytes.Buffer
	check(t, g.Encrypt(&out, strings.NewReader("for the group"), -1, m.caller.Key))
	m.envelope = out.Bytes()
	sealed, err := group.ReadSealed(bytes.NewReader(m.envelope))
	check(t, err)
	d, err := m.membership.Begin(sealed)
	check(t, err)
	m.request = d.Request()
	m.operation, err = m.request.Operate(g)
	check(t, err)
}

// transfer gives the service what a change has for it.
func transfer(change *group.Change) *api.TransferRequest {
	update := &api.ContainerUpdate{Envelopes: []mesh.Envelope{change.Record}}
	update.Container = "MMM_Access"
	for _, half := range change.Halves {
		update.Envelopes = append(update.Envelopes, half)
	}
	return &api.TransferRequest{AccountAddress: "groupw@example.com", Updates: []*api.ContainerUpdate{update}}
}

// sign makes a call of a request, with a nonce of its own.
func (c *circle) sign(by api.Caller, r api.Request) []byte {
	body, err := api.Sign(r, c.service.Fingerprint(), by, time.Now())
	if err != nil {
		c.Error(err)
	}
	return body
}

// patiently asks, and again while the service cannot answer.
func (c *circle) patiently(ask func() (api.Response, error)) (answer api.Response, err error) {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		answer, err = ask()
		if !errors.Is(err, api.ErrUnavailable) && !errors.As(err, &silence{}) {
			break
		}
	}
	return answer, err
}

// insist makes a call, and again while the service cannot answer, signed anew each
// time, as a client does: what is there already then was done before.
func (c *circle) insist(at string, by api.Caller, r api.Request) error {
	tries := 0
	_, err := c.patiently(func() (api.Response, error) {
		tries++
		return c.ask(at, r, c.sign(by, r))
	})
	if tries > 1 && (errors.Is(err, api.ErrExists) || errors.Is(err, api.ErrStale)) {
		return nil
	}
	return err
}

// A silence is a call that got no answer.
type silence struct{ error }

// ask makes a call once. Its error is a silence, a refusal, or something that no
// service should say.
func (c *circle) ask(at string, r api.Request, body []byte) (api.Response, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+at+api.Path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	q.GetBody = nil // so that nobody sends it twice unseen
	response, err := c.http.Do(q)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, silence{err}
	}
	defer response.Body.Close()
	octets, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, silence{err}
	}
	return api.ParseAnswer(r, octets)
}
