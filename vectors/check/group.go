package check

import (
	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/secret"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/udf"
	"meshkey/vectors"
)

func groups(c vectors.Case[vectors.Group]) error {
	var f findings
	switch d := c.Data; {
	case d.Recryption != nil:
		recryption(&f, d.Recryption)
	case d.Invitation != nil:
		invitation(&f, d.Invitation)
	case d.Operation != nil:
		operation(&f, d.Operation)
	default:
		f.add("nothing to check")
	}
	return f.err()
}

// recryption opens an envelope with the whole key and with its halves.
func recryption(f *findings, d *vectors.Recryption) {
	e := parseEnvelope(f, d.Envelope)
	key := opener(f, d.Recipient)
	if e == nil || key == nil {
		return
	}
	f.octets("plaintext", opened(f, e, key, d.Sealed), d.Plaintext)
	a, err := algorithm(d.Recipient.Algorithm)
	if f.failed("algorithm", err) {
		return
	}
	_, whole := summand(f, "group", a, d.Group)
	f.octets("group public", d.Recipient.Public, d.Group.Public)
	member, _ := summand(f, "member", a, d.Member.Summand)
	service, _ := summand(f, "service", a, d.Service.Summand)
	for what, k := range map[string]vectors.Summand{"group": d.Group, "member": d.Member.Summand} {
		seedOfName(f, what, d.Recipient.Algorithm, k)
	}
	if whole == nil || member == nil || service == nil {
		f.add("a key is missing")
		return
	}
	if !whole.IsSum(member.PublicKey(), service.PublicKey()) {
		f.add("the halves are not those of the group's key")
	}
	halves := &halvesKey{Key: key, of: []*cogen.PrivateKey{member, service}}
	plaintext, err := e.Open(halves)
	if f.failed("opening with halves", err) {
		return
	}
	f.octets("plaintext, by halves", plaintext, d.Plaintext)
	for i, want := range []vectors.Hex{d.Member.Agreement, d.Service.Agreement} {
		f.octets("contribution", halves.partials[i].Bytes(), want)
		// As it would arrive.
		p, err := a.ParsePartial(cogen.Index{}, want, nil)
		if !f.failed("contribution", err) {
			f.octets("contribution written again", p.Bytes(), want)
		}
	}
}

// seedOfName checks a key that is derived from the name of who has it.
func seedOfName(f *findings, what, algorithm string, k vectors.Summand) {
	s := seed(f, k.Seed)
	alg, err := specifier(algorithm)
	if s == nil || f.failed(what+" algorithm", err) {
		return
	}
	private, err := s.PrivateValueSalted(alg, "")
	f.failed(what+" private", err)
	f.octets(what+" private", private, k.Private)
	f.same(what+" name", string(s.Octets()[3:]), k.Name) // after the type octet and the specifier
}

// halvesKey opens with contributions in place of the key.
type halvesKey struct {
	dare.Key
	of       []*cogen.PrivateKey
	partials []*cogen.Partial
}

func (k *halvesKey) Agree(ephemeral *cogen.PublicKey) ([]byte, error) {
	k.partials = nil
	for _, half := range k.of {
		p, err := half.Agree(ephemeral)
		if err != nil {
			return nil, err
		}
		k.partials = append(k.partials, p)
	}
	return cogen.CombineAgreements(k.partials...)
}

// invitation checks the profile of a group, its key, and the form of a share.
func invitation(f *findings, d *vectors.Invitation) {
	p, err := profile.Parse(d.Profile)
	if f.failed("profile", err) {
		return
	}
	f.same("kind", p.Kind(), "ProfileGroup")
	f.same("address", p.Address(), d.ServiceAddress)
	if e := parseEnvelope(f, d.Profile); e != nil {
		signed(f, e, d.Signer)
	}
	f.same("fingerprint", p.Fingerprint().String(), d.Signer.Kid)
	group := p.Key(profile.CommonEncryption)
	if group == nil {
		f.add("the profile has no CommonEncryption key")
		return
	}
	f.octets("group's key", group.Bytes(), d.Public)
	f.same("id", udf.KeyFingerprint(group.Algorithm(), group.Bytes()).String(), d.ID)
	share, public := summand(f, "share", group.Algorithm(), vectors.Summand{Scalar: d.Share.Scalar, Public: d.Share.Public})
	service, err := group.Algorithm().NewPublicKey(d.ServicePublic)
	if f.failed("service's half", err) || share == nil {
		return
	}
	if !group.IsSum(public, service) {
		f.add("the halves are not those of the group's key")
	}
	f.same("crv", d.Crv, group.Algorithm().String()+"z")
	f.same("tag", mesh.Tag(&mesh.CapabilityDecryptPartial{}), d.Capability)
	invited(f, d)
}

// invited puts the message together and reads it back.
func invited(f *findings, d *vectors.Invitation) {
	c := &mesh.CapabilityDecryptPartial{}
	c.Id, c.KeyData = d.ID, &mesh.KeyData{Udf: d.Share.Name, PrivateParameters: &mesh.PrivateKeyECDH{Crv: d.Crv, Private: secret.Copy(d.Share.Scalar)}}
	contact := &mesh.ContactPerson{}
	contact.NetworkAddresses = []*mesh.NetworkAddress{{
		Address: d.ServiceAddress, EnvelopedProfileAccount: mesh.Envelope(d.Profile), Capabilities: []mesh.AnyCapability{c},
	}}
	b, err := mesh.Marshal(&mesh.GroupInvitation{
		Message: mesh.Message{MessageId: d.MessageID, Sender: d.Sender, Recipient: d.Recipient}, Contact: contact,
	})
	if f.failed("invitation", err) {
		return
	}
	read, err := mesh.ParseAs[mesh.GroupInvitation](b)
	if f.failed("invitation", err) {
		return
	}
	again, err := mesh.Marshal(read)
	f.failed("invitation", err)
	f.same("invitation written again", string(again), string(b))
}

// operation checks the form of the two points, and that the structures carry
// them.
func operation(f *findings, d *vectors.Operation) {
	a, err := algorithm(d.Curve)
	if f.failed("curve", err) {
		return
	}
	_, err = a.NewPublicKey(d.Request)
	f.failed("request", err)
	p, err := a.ParsePartial(cogen.Index{}, d.Result, nil)
	if f.failed("result", err) {
		return
	}
	f.octets("result written again", p.Bytes(), d.Result)
	_, err = udf.ParseFingerprint(d.KeyID)
	f.failed("key id", err)
	request := &mesh.OperateRequest{AccountAddress: d.Account, Operations: []mesh.AnyOperation{&mesh.CryptographicOperationKeyAgreement{
		CryptographicOperation: mesh.CryptographicOperation{KeyId: d.KeyID}, PublicKey: &mesh.PublicKeyECDH{Crv: d.Curve, Public: d.Request},
	}}}
	access := &mesh.CapabilityDecryptServiced{}
	access.Id, access.GranteeAccount = d.KeyID, d.Grantee
	for _, x := range []any{request, &mesh.CatalogedAccess{Capability: access}, &mesh.OperateResponse{
		Results: []mesh.AnyResult{&mesh.CryptographicResultKeyAgreement{KeyAgreement: &mesh.KeyAgreementECDH{Curve: d.Curve, Result: secret.Copy(d.Result)}}},
	}} {
		b, err := mesh.Marshal(x)
		if f.failed("structure", err) {
			return
		}
		read, err := mesh.Parse(b)
		if f.failed("structure", err) {
			return
		}
		again, err := mesh.Marshal(read)
		if !f.failed("structure", err) {
			f.same(mesh.Tag(x), string(again), string(b))
		}
	}
}
