package vectors

import "encoding/json"

// The types below are the data of the topics. A member that only some cases
// have is empty in the others.

// Digest is a content digest. Topic udf-digest.
type Digest struct {
	Hash        string            `json:"hash"` // SHA-2-512 or SHA-3-512
	Data        Hex               `json:"data"`
	ContentType string            `json:"contentType"`
	Inner       Hex               `json:"inner"` // hash of the data
	Outer       Hex               `json:"outer"` // hash of content type, colon, inner
	Texts       map[string]string `json:"texts"` // by precision in bits, the type octet counted
}

// Authenticator is a keyed digest. Topic udf-authenticator.
type Authenticator struct {
	Key         string `json:"key"` // text whose letters and hyphens are the key
	Data        Hex    `json:"data"`
	ContentType string `json:"contentType"`
	Inner       Hex    `json:"inner"`
	PRK         Hex    `json:"prk"`
	OKM         Hex    `json:"okm"`
	MAC         Hex    `json:"mac"`
	Text        string `json:"text"` // 140 bits
}

// PIN is a personal identification number and what is made of it. Topic
// udf-pin.
type PIN struct {
	PIN        string `json:"pin"`
	Action     string `json:"action"`
	Account    string `json:"account"`
	Salted     string `json:"salted"`     // MAC of the action
	Identifier string `json:"identifier"` // MAC of the account
}

// Derivation is the private key of a seed in the salt form. Topic udf-derive.
type Derivation struct {
	Algorithm string `json:"algorithm"`
	Seed      string `json:"seed"`
	Salt      Hex    `json:"salt"`
	PRK       Hex    `json:"prk"`
	Material  Hex    `json:"material"` // before it is reduced; NIST curves only
	Private   Hex    `json:"private"`  // big-endian for NIST curves, else as RFC 7748 and RFC 8032 take it
	Public    Hex    `json:"public"`   // in the Mesh's encoding
}

// RSA is the primes of a seed. Topic udf-rsa.
type RSA struct {
	Seed string   `json:"seed"`
	P    RSAPrime `json:"p"`
	Q    RSAPrime `json:"q"`
}

// RSAPrime is the smallest prime at or above the material, both big-endian.
type RSAPrime struct {
	Material Hex `json:"material"`
	Prime    Hex `json:"prime"`
}

// Key is a symmetric key. Topic udf-key.
type Key struct {
	Key  Hex    `json:"key"`
	Text string `json:"text"`
}

// Nonce is a nonce. Topic udf-nonce.
type Nonce struct {
	Nonce Hex    `json:"nonce"`
	Text  string `json:"text"`
}

// OID is the key information of a public key. Topic udf-oid.
type OID struct {
	Algorithm   string `json:"algorithm"`
	Public      Hex    `json:"public"`
	DER         Hex    `json:"der"`
	Text        string `json:"text"`
	ContentType string `json:"contentType"`
	Fingerprint string `json:"fingerprint"` // 140 bits
}

// EARL is an encrypted authenticated resource locator. Topic udf-earl.
type EARL struct {
	EARL        string `json:"earl"`
	Key         Hex    `json:"key"`
	ContentType string `json:"contentType"`
	Locator     string `json:"locator"` // 280 bits
	URL         string `json:"url"`
}

// Publication is the EARL of a device. Topic udf-publication.
type Publication struct {
	EARL          string `json:"earl"`
	Key           Hex    `json:"key"`
	Identifier    string `json:"identifier"`
	Account       string `json:"account"`       // that claims
	Authenticator string `json:"authenticator"` // key for the service
	Service       string `json:"service"`       // MAC of the account under it
	Device        string `json:"device"`        // the same under the key for the device
}

// Prime is the smallest prime above 2^(8·Octets). Topic udf-primes.
type Prime struct {
	Octets int    `json:"octets"`
	Offset uint64 `json:"offset"`
}

// Shares is a set of shares. Topic udf-shares. A case that must fail has shares
// only.
type Shares struct {
	Need         int      `json:"need"`
	Secret       Hex      `json:"secret"`
	Coefficients []Hex    `json:"coefficients"` // big-endian; the secret, then as drawn
	Shares       []string `json:"shares"`       // in the order of their index, from 1, unless the case must fail
	Text         string   `json:"text"`         // of the secret as a key, or as the seed it is
}

// Text is a text to read. Topic udf-text.
type Text struct {
	Kind      string `json:"kind"` // share, seed or fingerprint
	Text      string `json:"text"`
	Canonical string `json:"canonical"` // as it is written
	Letter    int    `json:"letter"`    // of the fault, from 1, or 0 where there is no one letter
	Row       int    `json:"row"`       // of the fault, in a text of several rows
	Column    int    `json:"column"`
}

// Profile is the keys of a seed in the info form. Topic mesh-profile.
type Profile struct {
	Seed      string     `json:"seed"`
	Specifier string     `json:"specifier"`
	Address   string     `json:"address"`
	Keys      []NamedKey `json:"keys"`
}

// NamedKey is a key of a profile.
type NamedKey struct {
	Name        string `json:"name"`      // of the member that holds it
	Container   string `json:"container"` // and of the structure
	Label       string `json:"label"`     // of the derivation
	Algorithm   string `json:"algorithm"`
	Private     Hex    `json:"private"`
	Public      Hex    `json:"public"`
	Fingerprint string `json:"fingerprint"` // 140 bits
}

// Composition is keys that are sums: of one that a device made, and one that its
// administrator activates. Topic mesh-cogen.
type Composition struct {
	Seed        string        `json:"seed"`        // of the device
	Activation  string        `json:"activation"`  // seed of the activation
	Specifier   string        `json:"specifier"`   // of the activation's seed
	ContentType string        `json:"contentType"` // of the fingerprints
	Keys        []ComposedKey `json:"keys"`
}

// ComposedKey is one such key.
type ComposedKey struct {
	Name       string  `json:"name"`
	Algorithm  string  `json:"algorithm"`
	Base       Summand `json:"base"`
	Activation Summand `json:"activation"`
	Composite  Summand `json:"composite"`
}

// Summand is a key that is added to others, or their sum.
type Summand struct {
	Name        string `json:"name"`    // of whoever contributes it
	Seed        string `json:"seed"`    // that private is derived from
	Label       string `json:"label"`   // under this label
	Private     Hex    `json:"private"` // as RFC 7748 and RFC 8032 take it
	Scalar      Hex    `json:"scalar"`  // little-endian; of a sum below the group order
	Public      Hex    `json:"public"`  // in the Mesh's encoding
	U           Hex    `json:"u"`       // coordinates, little-endian
	V           Hex    `json:"v"`
	X           Hex    `json:"x"`
	Y           Hex    `json:"y"`
	Fingerprint string `json:"fingerprint"` // 140 bits
	ContentType string `json:"contentType"` // of the fingerprint
}

// Composite is a key that is a sum. Topic threshold-keygen.
type Composite struct {
	Algorithm string    `json:"algorithm"`
	Form      string    `json:"form"` // of the derivation: info or salt
	Summands  []Summand `json:"summands"`
	Composite Summand   `json:"composite"`
}

// Decryption is a key agreement of those who have the summands of a private key,
// and perhaps what it opens. Topic threshold-decrypt. Coordinates are
// little-endian.
type Decryption struct {
	Algorithm string             `json:"algorithm"`
	Form      string             `json:"form"` // of the derivation: info or salt
	Key       Summand            `json:"key"`
	Holders   []DecryptionHolder `json:"holders"` // of what key is the sum of
	Ephemeral Summand            `json:"ephemeral"`
	Sum       Summand            `json:"sum"` // of the contributions
	Agreement Hex                `json:"agreement"`
	Envelope  *DecryptedEnvelope `json:"envelope"`
}

// DecryptionHolder has a summand of a private key and contributes its multiple
// of the ephemeral key.
type DecryptionHolder struct {
	Key          Summand `json:"key"`
	Contribution Summand `json:"contribution"`
}

// DecryptedEnvelope is what an agreement opens, taken apart.
type DecryptedEnvelope struct {
	Info       string `json:"info"` // of the derivation of the key encryption key
	KEK        Hex    `json:"kek"`
	Wrapped    Hex    `json:"wrapped"` // base seed
	BaseSeed   Hex    `json:"baseSeed"`
	Salt       Hex    `json:"salt"`
	Key        Hex    `json:"key"` // of AES-256-CBC
	IV         Hex    `json:"iv"`
	Ciphertext Hex    `json:"ciphertext"`
	Plaintext  string `json:"plaintext"`
}

// Partials are the contributions of holders to one agreement, with their proofs.
// A case that must fail has no agreement. Topic partial.
type Partials struct {
	Algorithm string    `json:"algorithm"`
	Key       Hex       `json:"key"`       // public
	Ephemeral Hex       `json:"ephemeral"` // public
	Group     string    `json:"group"`
	Request   string    `json:"request"`
	Grantee   string    `json:"grantee"`
	Highest   int       `json:"highest"` // index that shares are divided for
	Present   []uint64  `json:"present"` // indexes that shares are weighted for
	Partials  []Partial `json:"partials"`
	Agreement Hex       `json:"agreement"`
	Culprits  []uint64  `json:"culprits"` // indexes of those whose proofs are wrong
}

// Partial is such a contribution.
type Partial struct {
	Index  uint64 `json:"index"`  // of the share, 0 for a summand
	Scalar Hex    `json:"scalar"` // of the holder
	Public Hex    `json:"public"`
	Point  Hex    `json:"point"`
	Proof  Hex    `json:"proof"`
}

// EmptyPrefix is a signature whose nonce anyone can compute, and what follows
// from it. Topic mesh-empty-prefix.
type EmptyPrefix struct {
	Algorithm   string `json:"algorithm"`
	Public      Hex    `json:"public"`
	Fingerprint string `json:"fingerprint"`
	ContentType string `json:"contentType"`
	Body        Hex    `json:"body"`
	Digest      Hex    `json:"digest"` // of the body; this is signed
	Signature   Hex    `json:"signature"`
	Nonce       Hex    `json:"nonce"`  // little-endian
	Scalar      Hex    `json:"scalar"` // private, little-endian
}

// Contributions is a ceremony in which parties make one key. A case that must
// fail has a transcript only, and perhaps who is to blame. Topic contribution.
type Contributions struct {
	Algorithm  string        `json:"algorithm"`
	Context    string        `json:"context"`
	Parties    []Contributor `json:"parties"`
	Committed  Hex           `json:"committed"`  // transcript of all commitments
	Transcript Hex           `json:"transcript"` // at the end
	Digest     Hex           `json:"digest"`     // of that
	Public     Hex           `json:"public"`     // key that is the sum
	Culprit    string        `json:"culprit"`
}

// Contributor is a party of such a ceremony.
type Contributor struct {
	Name         string `json:"name"`
	Scalar       Hex    `json:"scalar"` // private, little-endian
	Public       Hex    `json:"public"`
	Proof        Hex    `json:"proof"`
	Contribution Hex    `json:"contribution"`
	Commitment   Hex    `json:"commitment"`
}

// Escrow is a set of shares and all it brings back. Topic mesh-escrow.
type Escrow struct {
	Need      int           `json:"need"`
	Shares    []string      `json:"shares"`
	Secret    Hex           `json:"secret"`
	Seed      string        `json:"seed"`
	Address   string        `json:"address"`
	Keys      []NamedKey    `json:"keys"`
	Envelopes []EscrowedKey `json:"envelopes"`
}

// EscrowedKey is a private key in an envelope for the escrow key.
type EscrowedKey struct {
	Source string `json:"source"`
	Sealed
	SHA256 Hex `json:"sha256"` // of the plaintext
	RSA    struct {
		Fingerprint string `json:"fingerprint"`
		N           Hex    `json:"n"`
		E           Hex    `json:"e"`
	} `json:"rsa"`
}

// Sealed is an encrypted envelope and the steps of opening it.
type Sealed struct {
	Envelope       json.RawMessage `json:"envelope"` // array of header, body and perhaps trailer
	Recipient      *Recipient      `json:"recipient"`
	BaseSeed       Hex             `json:"baseSeed"`
	Key            Hex             `json:"key"` // of AES-256-CBC
	IV             Hex             `json:"iv"`
	KidContentType string          `json:"kidContentType"` // under which the header's kid is the identifier of the base seed
}

// Recipient is who opens: a symmetric key, or a private key.
type Recipient struct {
	SymmetricKey string `json:"key"` // text
	Algorithm    string `json:"algorithm"`
	Private      Hex    `json:"private"`
	Public       Hex    `json:"public"`
	Seed         string `json:"seed"`  // text that private is derived from
	Label        string `json:"label"` // under this label
	ContentType  string `json:"contentType"`
	Kid          string `json:"kid"`
	Agreement    Hex    `json:"agreement"`
	Info         string `json:"info"` // of the derivation of the key encryption key
	KEK          Hex    `json:"kek"`
}

// Envelope is a DARE envelope. Topic dare.
type Envelope struct {
	Sealed
	Sequences []struct {
		Salt Hex    `json:"salt"` // that is put before the envelope's own
		Text string `json:"text"`
	} `json:"sequences"`
	Digest   Hex     `json:"digest"` // of the body as sent
	Signer   *Signer `json:"signer"`
	SHA256   Hex     `json:"sha256"`   // of the plaintext
	Message  string  `json:"message"`  // type of the message in the content's metadata
	Encoding string  `json:"encoding"` // of the plaintext: JSON or JSON-B
}

// Signer is who signed.
type Signer struct {
	Algorithm   string `json:"algorithm"`
	Public      Hex    `json:"public"`
	Private     Hex    `json:"private"`
	Kid         string `json:"kid"`
	ContentType string `json:"contentType"`
	Witness     Hex    `json:"witness"`
}

// Group is one of a decryption with two halves of a key, an invitation to a
// group and an operation of a key service. Topic mesh-group.
type Group struct {
	Recryption *Recryption `json:"recryption"`
	Invitation *Invitation `json:"invitation"`
	Operation  *Operation  `json:"operation"`
}

// Recryption is an envelope that two halves of its recipient's key open.
type Recryption struct {
	Sealed
	Group     Summand `json:"group"` // the whole key
	Member    Half    `json:"member"`
	Service   Half    `json:"service"`
	Plaintext Hex     `json:"plaintext"`
}

// Half is a half of a key and what it contributes to an agreement.
type Half struct {
	Summand
	Agreement Hex `json:"agreement"` // a point, encoded as public keys are
}

// Invitation is an invitation to a group with the half of its key in clear.
type Invitation struct {
	Sender         string          `json:"sender"`
	Recipient      string          `json:"recipient"`
	MessageID      string          `json:"messageId"`
	Capability     string          `json:"capability"` // its tag
	ID             string          `json:"id"`         // of the capability: fingerprint of the group's key
	Public         Hex             `json:"public"`     // the group's key
	ServiceAddress string          `json:"serviceAddress"`
	Share          Summand         `json:"share"` // the name is a nonce
	Crv            string          `json:"crv"`   // of the share, in JSON
	ServicePublic  Hex             `json:"servicePublic"`
	Profile        json.RawMessage `json:"profile"` // of the group, a DARE envelope
	Signer         *Signer         `json:"signer"`
}

// Operation is a key agreement that a key service is asked for.
type Operation struct {
	Account string `json:"account"`
	KeyID   string `json:"keyId"`
	Grantee string `json:"grantee"`
	Curve   string `json:"curve"`
	Request Hex    `json:"request"` // the point asked for
	Result  Hex    `json:"result"`  // the half times that point
}

// Record is the public record of a set of shares. Topic record.
type Record struct {
	Need        int      `json:"need"`
	Of          int      `json:"of"`
	Shares      []string `json:"shares"`
	Salt        Hex      `json:"salt"`
	Name        string   `json:"name"`        // short name of the set
	Commitments []Hex    `json:"commitments"` // in the order of the shares
	Seed        string   `json:"seed"`
	Locator     string   `json:"locator"` // of the recovery record; perhaps its first letters only
	Address     string   `json:"address"`
	Date        string   `json:"date"`
	Sealed      bool     `json:"sealed"`
	Body        Hex      `json:"body"`        // of the certificate, in CBOR
	Certificate string   `json:"certificate"` // text
}

// Row is a printed row and its check letters; if typed is there, what it is
// taken for when it is typed so. Topic sheet.
type Row struct {
	Row     int    `json:"row"`     // its number; the one it is typed as
	Length  int    `json:"length"`  // how many letters the row must have, without check letters
	Typed   string `json:"typed"`   // as a person types it
	Other   int    `json:"other"`   // the row of the sheet that it is, when typed in the place of another
	Letters string `json:"letters"` // as printed, or as proposed
	Check   string `json:"check"`
	Slips   []Slip `json:"slips"` // what differs, in the order of the row
}

// Slip is one difference between a row as typed and as proposed.
type Slip struct {
	Kind    string `json:"kind"`  // wrong, unreadable, swapped, dropped or extra
	Check   bool   `json:"check"` // place counts check letters
	Place   int    `json:"place"` // from 1, as printed; of extra letters as typed
	Typed   string `json:"typed"`
	Printed string `json:"printed"`
}

// FROST is a signature by holders of shares, in two rounds. Topic rfc9591.
// Scalars and elements are as RFC 9591 encodes them.
type FROST struct {
	Suite        string        `json:"suite"`
	Need         int           `json:"need"`
	Private      Hex           `json:"private"`
	Public       Hex           `json:"public"`
	Coefficients []Hex         `json:"coefficients"` // of the polynomial, without the private key, which is its value at 0
	Shares       []Hex         `json:"shares"`       // its values at 1, 2, …
	Message      Hex           `json:"message"`
	Signers      []FROSTSigner `json:"signers"`
	Signature    Hex           `json:"signature"`
}

// FROSTSigner is one of those who sign.
type FROSTSigner struct {
	Index             uint64 `json:"index"`
	HidingRandom      Hex    `json:"hidingRandom"`
	BindingRandom     Hex    `json:"bindingRandom"`
	HidingNonce       Hex    `json:"hidingNonce"`
	BindingNonce      Hex    `json:"bindingNonce"`
	HidingCommitment  Hex    `json:"hidingCommitment"`
	BindingCommitment Hex    `json:"bindingCommitment"`
	BindingInput      Hex    `json:"bindingInput"` // what the binding factor is hashed from
	BindingFactor     Hex    `json:"bindingFactor"`
	Share             Hex    `json:"share"` // of the signature
}

// ThresholdSignature is a signature by holders of keys or of shares, by the two
// schemes of the Mesh's drafts, which are not safe when sessions overlap. Topic
// threshold-signature. Scalars are little-endian, points as in RFC 8032,
// coordinates little-endian.
type ThresholdSignature struct {
	Algorithm    string            `json:"algorithm"`
	Form         string            `json:"form"` // of the derivation of keys from seeds: salt or info
	Message      string            `json:"message"`
	Domain       Hex               `json:"domain"` // stands before what is hashed
	Key          Summand           `json:"key"`    // that the signature is by
	Keys         []Summand         `json:"keys"`   // its summands
	Coefficients []Hex             `json:"coefficients"`
	Shares       []Hex             `json:"shares"` // at 1, 2, …
	Signers      []ThresholdSigner `json:"signers"`
	Commitment   Hex               `json:"commitment"` // sum of the signers'
	Challenge    Hex               `json:"challenge"`
	Response     Hex               `json:"response"` // sum of the signers'
	Point        Coordinates       `json:"point"`    // response times the base point
	Signature    Hex               `json:"signature"`
}

// Coordinates are those of a point, affine.
type Coordinates struct {
	X Hex `json:"x"`
	Y Hex `json:"y"`
}

// ThresholdSigner is one of those who sign: in the order of the keys, or the
// holder of a share.
type ThresholdSigner struct {
	Index      uint64 `json:"index"`
	Weight     Hex    `json:"weight"`   // of the share
	Weighted   Hex    `json:"weighted"` // share
	Nonce      Hex    `json:"nonce"`
	Commitment Hex    `json:"commitment"` // to the nonce
	Response   Hex    `json:"response"`
}

// DKG is a key that several dealers made. Topic dkg. A case that has sums is
// a repair, and one that has one dealer is a split.
type DKG struct {
	Algorithm string   `json:"algorithm"`
	Key       Hex      `json:"key"` // the public key that results
	Parties   []Dealer `json:"parties"`
	Sums      []Hex    `json:"sums"`  // of the helpers
	Share     Hex      `json:"share"` // that the sums repair
}

// Dealer is a party of a DKG, dealer and holder. Scalars are little-endian.
type Dealer struct {
	Index        uint64         `json:"index"`
	Coefficients []Hex          `json:"coefficients"` // of the polynomial, the constant first
	Commitment   []Hex          `json:"commitment"`   // their multiples of the base point
	Proof        Hex            `json:"proof"`        // of knowledge of the constant, with an empty context
	Deals        map[string]Hex `json:"deals"`        // values of the polynomial, by index
	Share        Hex            `json:"share"`        // that results
	Public       Hex            `json:"public"`       // its public share
}

// Dealing is a ceremony in which a key is dealt, and every message of it. Topic
// dealing.
type Dealing struct {
	Algorithm string        `json:"algorithm"`
	Context   string        `json:"context"`
	Need      int           `json:"need"`
	ID        Hex           `json:"id"`
	Parties   []DealingWord `json:"parties"`
	Key       Hex           `json:"key"` // the public key that results
}

// DealingWord is what one party draws, says and gets.
type DealingWord struct {
	Index   string         `json:"index"`
	State   Hex            `json:"state"` // with what it has drawn, before it opens
	Pledge  Hex            `json:"pledge"`
	Opening Hex            `json:"opening"`
	Deals   map[string]Hex `json:"deals"` // by the holder's index
	Receipt Hex            `json:"receipt"`
	Pending Hex            `json:"pending"` // state with the share that results
}

// Call is a call of a key service: a request with its response, as a document
// prints them, or a request that is signed. Topic call.
type Call struct {
	Name     string          `json:"name"` // of the call, such as Operate
	Request  json.RawMessage `json:"request"`
	Response json.RawMessage `json:"response"`
	Signed   *SignedCall     `json:"signed"`
}

// SignedCall is a call in its envelope. In a case that must fail there are key
// and text alone.
type SignedCall struct {
	Algorithm string `json:"algorithm"`
	Private   Hex    `json:"private"`
	Public    Hex    `json:"public"`
	Kid       string `json:"kid"`
	Service   string `json:"service"` // fingerprint of its profile
	Account   string `json:"account"`
	Time      string `json:"time"`
	Nonce     string `json:"nonce"`
	Body      string `json:"body"`
	Text      string `json:"text"`   // of the envelope, as it is sent
	Digest    Hex    `json:"digest"` // SHA-256 of the text
}
