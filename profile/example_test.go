package profile_test

import (
	"fmt"
	"time"

	"meshkey/profile"
	"meshkey/udf"
)

// The seed of the account that the reference's examples published in 2022.
func Example() {
	seed, err := profile.ParseSeed("ZAAQ-FKAT-PL72-4IHW-GIKY-IG5T-2IJG-JHC2-PMI7-44XR-HSBH-TKZI-WPNZ-F2XT")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer seed.Wipe()
	account, err := seed.Account()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer account.Wipe()
	signed, err := account.Profile(profile.Details{
		Address: "alice@example.com",
		Created: time.Date(2022, 5, 3, 16, 46, 56, 0, time.UTC),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, key := range signed.Keys() {
		fmt.Println(key.Fingerprint, key.Algorithm, key.Name)
	}
	// Output:
	// MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V Ed448 ProfileSignature
	// MAJ5-HQAF-XXGK-W6BW-EGH3-ELNH-EQ7I Ed448 AdministratorSignature
	// MAND-BKQ3-XXGY-AYTS-L7VX-OOHW-HT7P X448 EscrowEncryption
	// MASL-5B72-3K3B-PKQR-MGHP-L5QP-MVOA X448 CommonEncryption
	// MA76-DK4C-DZFG-CAVP-YCTU-X6O5-ZU5M X448 CommonAuthentication
	// MDWZ-36RF-622V-XT6X-O6KB-3S5J-4JE3 Ed448 CommonSignature
}

// The keys of a device within an account, from the two seeds that
// draft-hallambaker-mesh-schema-07 published: the device's own, and the one that
// its administrator sends it.
func ExampleDevice_Activate() {
	base, err := udf.ParseSeed("ZAAQ-AQWW-7FV6-RK7V-XWUH-5LCF-DMRU-GHAT-5FDP-PABH-3SD5-3UNJ-I6NO-BYFB")
	if err != nil {
		panic(err)
	}
	sent, err := udf.ParseSeed("ZAAQ-HHIF-DKIU-F5UI-VEFB-G4XO-SZY6-JF4J-7QLL-2RFQ-QGUO-AJI7-I2FQ-CXO6")
	if err != nil {
		panic(err)
	}
	device, err := profile.NewDevice(base)
	if err != nil {
		panic(err)
	}
	defer device.Wipe()
	activation, err := profile.NewActivation(sent)
	if err != nil {
		panic(err)
	}
	defer activation.Wipe()
	active, err := device.Activate(activation)
	if err != nil {
		panic(err)
	}
	defer active.Wipe()
	for _, key := range active.Keys()[1:] {
		fmt.Println(key.Fingerprint, key.Algorithm, key.Name)
	}
	// Output:
	// MDPR-ZBW2-AERR-PQIZ-2J3Z-5DLN-ALBM X448 Encryption
	// MCEL-HWST-PNFX-ENF4-ROL5-INQF-P2TK Ed448 Signature
	// MDS4-XJNU-HVTT-VR27-I4W3-DYDC-AFEK X448 Authentication
}

// A device comes into an account: it asks, the administrator gives it the other
// half of its keys, and the device checks that they are what the connection says.
// Request and answer may go by any way; a PIN, which somebody carries, shows each
// side the other.
func ExampleDevice_Complete() {
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	seed := profile.NewSeed()
	defer seed.Wipe()
	account, err := seed.Account()
	if err != nil {
		panic(err)
	}
	defer account.Wipe()
	own, err := account.Profile(profile.Details{Address: "alice@example.com", Created: day})
	if err != nil {
		panic(err)
	}
	pin := profile.NewPIN() // Alice types it into the device

	deviceSeed := profile.NewDeviceSeed()
	defer deviceSeed.Wipe()
	device, err := profile.NewDevice(deviceSeed)
	if err != nil {
		panic(err)
	}
	defer device.Wipe()
	request, err := device.RequestConnection("alice@example.com", pin, day)
	if err != nil {
		panic(err)
	}

	received, err := profile.ParseConnectionRequest(request.Bytes())
	if err != nil {
		panic(err)
	}
	answer, err := account.Accept(received, own, profile.Acceptance{Name: "phone", PIN: pin, Time: day})
	if err != nil {
		panic(err)
	}

	connected, err := device.Complete(request, answer, profile.Trust{PIN: pin})
	if err != nil {
		panic(err)
	}
	defer connected.Device.Wipe()
	signer := connected.Device.Private(profile.Signature)
	fmt.Println(connected.Name, "of", connected.Account.Address())
	fmt.Println(signer.PublicKey().Equal(connected.Connection.Key(profile.Signature)))
	fmt.Println(signer.PublicKey().Equal(device.Private(profile.Signature).PublicKey()))
	// Output:
	// phone of alice@example.com
	// true
	// false
}
