package group

import (
	"bytes"
	"errors"
	"fmt"

	"meshkey/cogen"
	"meshkey/internal/secret"
	"meshkey/mesh"
)

// statusDone is the Status of a response to what was done.
const statusDone = 201

// Operate writes a request as the Mesh puts it to a key service: one key
// agreement an envelope, under the Id of the half that the service has for the
// one who asks. The signed request goes with it, in a member that other
// programs pass over.
func (r *Request) Operate(g *Group) (*mesh.OperateRequest, error) {
	operations, err := r.operations(g)
	if err != nil {
		return nil, err
	}
	out := &mesh.OperateRequest{AccountAddress: g.Address(), EnvelopedGroupRequest: r.Bytes()}
	for _, o := range operations {
		out.Operations = append(out.Operations, o)
	}
	return out, nil
}

func (r *Request) operations(g *Group) ([]*mesh.CryptographicOperationKeyAgreement, error) {
	var out []*mesh.CryptographicOperationKeyAgreement
	for _, i := range r.items {
		k := g.key(i.Key)
		if k == nil || !k.mode.hasService() {
			return nil, errors.New("group: a key that no service has halves of")
		}
		h := k.of(r.grantee)
		if h == nil {
			return nil, ErrNotMember
		}
		out = append(out, &mesh.CryptographicOperationKeyAgreement{
			CryptographicOperation: mesh.CryptographicOperation{KeyId: h.id()},
			PublicKey:              publicECDH(i.Ephemeral),
		})
	}
	return out, nil
}

// ParseOperate reads what Operate makes. The signed request must verify, and ask
// for these operations and no others.
func ParseOperate(o *mesh.OperateRequest, g *Group) (*Request, error) {
	return ParseOperateBy(o, g, nil)
}

// ParseOperateBy is ParseOperate of operations in a call that the key signer was
// verified to have signed, all of it. If that is the key of the member who asks,
// the signature of the request is not verified too: it says no more.
func ParseOperateBy(o *mesh.OperateRequest, g *Group, signer *cogen.PublicKey) (*Request, error) {
	if o.EnvelopedGroupRequest == nil {
		return nil, errors.New("group: operations without a signed request")
	}
	r, err := parseRequest(o.EnvelopedGroupRequest)
	if err != nil {
		return nil, err
	}
	if err := r.verifyBy(g, signer); err != nil {
		return nil, err
	}
	want, err := r.operations(g)
	if err != nil {
		return nil, err
	}
	differ := errors.New("group: other operations than the signed request asks for")
	if o.AccountAddress != g.Address() || len(o.Operations) != len(want) {
		return nil, differ
	}
	for i, x := range o.Operations {
		got, ok := x.(*mesh.CryptographicOperationKeyAgreement)
		if !ok || got.KeyId != want[i].KeyId || got.KeyCoefficient != nil {
			return nil, differ
		}
		k, ok := got.PublicKey.(*mesh.PublicKeyECDH)
		if w := want[i].PublicKey.(*mesh.PublicKeyECDH); !ok || k.Crv != w.Crv || !bytes.Equal(k.Public, w.Public) {
			return nil, differ
		}
	}
	return r, nil
}

// Results writes the service's answer as the Mesh does: a result for each
// operation, in their order, with its proof in a member that other programs pass
// over. mesh.Wipe clears it.
func (a *Answer) Results() (*mesh.OperateResponse, error) {
	if a.from != Service {
		return nil, errors.New("group: not an answer of the service")
	}
	out := &mesh.OperateResponse{Response: mesh.Response{Status: statusDone}}
	for _, p := range a.partials {
		out.Results = append(out.Results, &mesh.CryptographicResultKeyAgreement{
			KeyAgreement: &mesh.KeyAgreementECDH{Curve: p.Algorithm().String(), Result: secret.Take(p.Bytes()), Proof: p.Proof()},
		})
	}
	return out, nil
}

// ParseResults reads the service's answer to a request. The proofs are checked
// by Decryption.Add; results without one, as the reference gives them, are
// refused, since nobody could say whether they are right.
func ParseResults(o *mesh.OperateResponse, r *Request) (*Answer, error) {
	if o.Status != statusDone || len(o.Results) != len(r.items) {
		return nil, fmt.Errorf("group: the service refuses, with status %d", o.Status)
	}
	a := &Answer{from: Service, request: r.name()}
	for i, x := range o.Results {
		no := &CheatError{Service, "answers with something that is no contribution"}
		result, ok := x.(*mesh.CryptographicResultKeyAgreement)
		if !ok || result.Error != "" {
			return nil, no
		}
		k, ok := result.KeyAgreement.(*mesh.KeyAgreementECDH)
		algorithm := r.items[i].Ephemeral.Algorithm()
		if !ok || k.Curve != algorithm.String() {
			return nil, no
		}
		if k.Proof == nil {
			return nil, &CheatError{Service, "answers without a proof"}
		}
		p, err := algorithm.ParsePartial(cogen.Index{}, k.Result.Reveal(), k.Proof)
		if err != nil {
			return nil, no
		}
		a.partials = append(a.partials, p)
	}
	return a, nil
}
