package api_test

import (
	"errors"
	"fmt"
	"time"

	"meshkey/cogen"
	"meshkey/keyservice/api"
	"meshkey/udf"
)

// What a client sends, what the service makes of it, and what comes back.
func Example() {
	// The client signs a request for one service.
	alice := cogen.Ed448().GenerateKey()
	service := cogen.Ed448().GenerateKey().PublicKey() // of the service's profile
	name := udf.KeyFingerprint(service.Algorithm(), service.Bytes())
	request := &api.StatusRequest{AccountAddress: "alice@example.com"}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	body, err := api.Sign(request, name, api.Caller{Account: "alice@example.com", Key: alice}, now)
	if err != nil {
		fmt.Println(err)
		return
	}

	// The service reads it, finds the key it knows for that account, and asks
	// whether it may hear the call. It also keeps the nonce.
	call, err := api.ParseCall(body)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(call.Account, "calls", api.Name(call.Request))
	fmt.Println("for this service:", call.Service == name.String())
	fmt.Println("signed by Alice:", call.Verify(alice.PublicKey()) == nil)
	fmt.Println("an hour later:", call.Fresh(now.Add(time.Hour), 2*time.Minute))

	// A refusal is the same error on the other side.
	_, err = api.ParseAnswer(request, api.Refuse("Status", api.ErrTooMany.After(30*time.Second)))
	var no *api.Error
	if errors.Is(err, api.ErrTooMany) && errors.As(err, &no) {
		fmt.Println(no, "- again in", no.RetryAfter)
	}
	// Output:
	// alice@example.com calls Status
	// for this service: true
	// signed by Alice: true
	// an hour later: keyservice: the call was signed too long ago, or its signer's clock is wrong
	// keyservice: too many calls - again in 30s
}
