package mesh

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"meshkey/internal/secret"
	"meshkey/internal/secret/secrettest"
)

func TestSecretsHidden(t *testing.T) {
	octets := []byte("an octet string that nobody may see")
	box := func() *secret.Bytes { return secret.Copy(octets) }
	for _, x := range []any{
		&KeyData{PrivateParameters: &PrivateKeyECDH{Crv: "X448", Private: box()}},
		&KeyData{PrivateParameters: &PrivateKeyRSA{D: box(), P: box(), Q: box(), DP: box(), DQ: box(), QI: box()}},
		&KeyData{PrivateParameters: &PrivateKeyUDF{PrivateValue: box()}},
		&KeyData{PrivateParameters: &KeyShare{Share: &PrivateKeyECDH{Private: box()}}},
		&ActivationCommon{Activation: Activation{ActivationKey: box(), Entries: []*ActivationEntry{{Key: &KeyData{PrivateParameters: &PrivateKeyECDH{Private: box()}}}}}},
		&CatalogedCredential{Password: box()},
		&OperateResponse{Results: []AnyResult{&CryptographicResultKeyAgreement{KeyAgreement: &KeyAgreementECDH{Result: box()}}}},
	} {
		secrettest.CheckHidden(t, x, octets)
		b, err := Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		y, err := Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		secrettest.CheckHidden(t, y, octets)
		Wipe(y)
		if after, err := Marshal(y); err != nil || len(after) > len(b)-len(octets) {
			t.Errorf("%T after Wipe: %s, %v", y, after, err)
		}
	}
	// A kind of key that is not known hides what it has too, and so does a
	// member that is not known.
	for _, in := range []string{
		`{"KeyData":{"PrivateParameters":{"PrivateKeyPost":{"Private":"` + string(octets) + `"}}}}`,
		`{"KeyData":{"PrivateParameters":{"PrivateKeyECDH":{"private":"` + string(octets) + `"}}}}`,
		`{"Recovery":"` + string(octets) + `"}`,
	} {
		x, err := Parse([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		secrettest.CheckHidden(t, x, octets)
	}
}

// What is passed through is not changed, in names, order or spelling.
func TestKept(t *testing.T) {
	for _, in := range []string{
		`{"KeyData":{"UDF":"M","Overlay":{"X":[1,{}]},"PublicParameters":{"PublicKeyECDH":{"crv":"X448","Public":"AA"}},"BaseUDF":"M"}}`,
		`{"ProfileAccount":{"KeyOfflineSignature":{},"KeysOnlineSignature":[{"UDF":"M"}],"ServiceIDs":["a@b"],"KeyEncryption":{}}}`,
		`{"ProfileUser":{"CommonSignature":{},"AccountEncryption":{},"ACCOUNTADDRESS":"x","AccountAddress":""}}`,
		`{"CatalogedAccess":{"Capability":{"CapabilityDecryptServiced":{"Id":"M","Active":true,"GranteeUdf":"b@c","EnvelopedKeyShare":[{"enc":"A256CBC"},"AA"]}}}}`,
		`{"CatalogedApplicationSsh":{"Key":"k","EnvelopedEscrow":[[{},"AA"],[{},"AQ",{}]],"Default":0}}`,
		`{"GroupInvitation":{"Sender":"a@b","Contact":{"ContactPerson":{"NetworkAddresses":[{"Address":"g@b","Capabilities":[{"CapabilityDecryptPartial":{"Id":"M","Issued":-1}},{"CapabilityNew":[]}]}]}}}}`,
		`{"OperateRequest":{"AccountAddress":"g@b","Operations":[{"CryptographicOperationKeyAgreement":{"PublicKey":{"PublicKeyECDH":{}},"KeyId":"M"}},{"CryptographicOperationShare":{"Threshold":2,"Shares":3}}]}}`,
		`{"ActivationAccount":{"ActivationKey":"ZAAQ","Entries":[{"Resource":"MMM_Contact","Key":{"PrivateParameters":{"KeyShare":{"PublicPrimary":{"PublicKeyECDH":{}},"Share":{"PrivateKeyECDH":{"crv":"X448z","Private":"AA"}}}}}}],"AccountUdf":"M"}}`,
		`{"ActivationApplicationGroup":{"AccountEncryption":{},"EnvelopedConnectionService":[{},"AA"]}}`,
		`{"OperateResponse":{"Results":[{"CryptographicResultKeyAgreement":{"KeyAgreement":{"KeyAgreementECDH":{"Curve":"X448","Result":"AA"}}}},{"CryptographicResult":{"Error":"no"}}],"Status":201}}`,
		`{"CallsignBinding":{"Services":[{"Prefix":"mmm"}]}}`,
	} {
		x, err := Parse([]byte(in))
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if out, err := Marshal(x); string(out) != in || err != nil {
			t.Errorf("%s becomes %s, %v", in, out, err)
		}
	}
}

func TestParseAs(t *testing.T) {
	p, err := ParseAs[ProfileUser]([]byte(`{"ProfileUser":{"AccountAddress":"alice@example.com"}}`))
	if err != nil || p.Account().AccountAddress != "alice@example.com" || Tag(p) != "ProfileUser" {
		t.Errorf("%+v, %v", p, err)
	}
	var _ AnyProfile = p
	for _, in := range []string{`{"ProfileGroup":{}}`, `{"ProfileWhatever":{}}`, `{}`, `{"ProfileUser":{"ProfileSignature":{"Udf":1}}}`} {
		if p, err := ParseAs[ProfileUser]([]byte(in)); err == nil || strings.Contains(err.Error(), "Whatever") {
			t.Errorf("%s: %+v, %v", in, p, err)
		}
	}
}

func TestDateTime(t *testing.T) {
	d := NewDateTime(time.Date(2022, 5, 3, 18, 46, 56, 999, time.FixedZone("", 7200)))
	if back, err := d.Time(); d != "2022-05-03T16:46:56Z" || err != nil || back.Unix() != 1651596416 {
		t.Errorf("%s, %v, %v", d, back, err)
	}
	if _, err := DateTime("yesterday").Time(); err == nil {
		t.Error("yesterday is a moment")
	}
}

// FuzzParse: what parses is written to a text that parses to the same, in
// either encoding.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"ProfileUser":{"ProfileSignature":{"Udf":"M","PublicParameters":{"PublicKeyECDH":{"crv":"Ed448","Public":"AA` + "\n  " + `AA"}}},"more":[null,1.5]}}`))
	f.Add([]byte(`{"KeyData":{"PrivateParameters":{"PrivateKeyRSA":{"n":"AA","d":"AA"}},"NotBefore":"2022-05-03T16:46:56Z","X509Chain":["AA"]}}`))
	f.Add([]byte("{\xb4\x11ConnectionService{\xb4\x0eAuthentication{\xb4\x03Udf\x80\x01M}\xb4\x05Names[\x80\x01a]}}"))
	f.Add([]byte(`{"CatalogedAccess":{"Capability":{"CapabilityDecryptServiced":{"Active":true,"EnvelopedKeyShare":[{},""]}}}}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		x, err := Parse(in)
		if err != nil {
			return
		}
		out, err := Marshal(x)
		if err != nil {
			t.Fatalf("%q parses and is not written: %v", in, err)
		}
		y, err := Parse(out)
		if err != nil {
			t.Fatalf("%q is written %q, which does not parse: %v", in, out, err)
		}
		if again, err := Marshal(y); err != nil || !bytes.Equal(again, out) {
			t.Fatalf("%q is written %q, then %q, %v", in, out, again, err)
		}
		binary, err := MarshalBinary(x)
		if err != nil {
			return // a number without a code
		}
		if y, err = Parse(binary); err != nil {
			t.Fatalf("%q is written %q, which does not parse: %v", in, binary, err)
		}
		Wipe(y)
	})
}
