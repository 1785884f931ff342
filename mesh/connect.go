package mesh

// RequestConnection asks an account to connect a device to it. AuthenticatedData
// holds the profile of the device.
type RequestConnection struct {
	Message
	AuthenticatedData Envelope `jsonb:"AuthenticatedData"`
	ClientNonce       []byte   `jsonb:"ClientNonce"`
	PinId             string   `jsonb:"PinId"`
	PinWitness        []byte   `jsonb:"PinWitness"`
	AccountAddress    string   `jsonb:"AccountAddress"`
}

// RespondConnection is the account's answer to a RequestConnection.
type RespondConnection struct {
	Message
	Result          string           `jsonb:"Result"`
	CatalogedDevice *CatalogedDevice `jsonb:"CatalogedDevice"`

	// RequestUdf says which request is answered, and PinWitness that the answer is
	// from whoever made the PIN; additions of ours, docs/FORMATS.md.
	RequestUdf string `jsonb:"RequestUdf"`
	PinWitness []byte `jsonb:"PinWitness"`
}

// CatalogedDevice is what an account has of a device that is connected to it.
type CatalogedDevice struct {
	CatalogedEntry
	Udf                        string   `jsonb:"Udf"`       // of the account's profile
	DeviceUdf                  string   `jsonb:"DeviceUdf"` // of the device's profile
	EnvelopedProfileUser       Envelope `jsonb:"EnvelopedProfileUser"`
	EnvelopedProfileDevice     Envelope `jsonb:"EnvelopedProfileDevice"`
	EnvelopedConnectionDevice  Envelope `jsonb:"EnvelopedConnectionDevice"`
	EnvelopedActivationAccount Envelope `jsonb:"EnvelopedActivationAccount"`
}
