package group

import (
	"errors"
	"fmt"
	"slices"

	"meshkey/cogen"
	"meshkey/mesh"
	"meshkey/udf"
)

// A Mode says whose contributions a decryption takes.
type Mode string

// The modes.
const (
	// Serviced: the key service's half and one member's, as the Mesh has it. Every
	// member has halves of his own.
	Serviced Mode = "service"
	// Offline: any Need members, and no service.
	Offline Mode = "offline"
	// Mixed: the service's half and any Need members.
	Mixed Mode = "mixed"
)

// Service is the service's name among those who answer.
const Service = "service"

// hasService tells whether the service holds halves.
func (m Mode) hasService() bool { return m == Serviced || m == Mixed }

// shared tells whether members hold shares of one polynomial.
func (m Mode) shared() bool { return m == Offline || m == Mixed }

// key is the public side of one of a group's keys, the present one or one from
// before a rotation.
type key struct {
	mode       Mode
	public     *cogen.PublicKey
	sharing    string // a nonce of this time that the key was shared out
	next       int64  // the index of the next share; none is used twice
	need       int
	commitment *cogen.Commitment // to the members' shares, unless Serviced
	service    *cogen.PublicKey  // the service's half, if Mixed
	halves     []half

	udf  udf.Fingerprint // of public, if the record was read: see fingerprint
	text string          // of udf
}

// fingerprint is that of the key. It was computed when the record was read, for
// it is asked for often.
func (k *key) fingerprint() udf.Fingerprint {
	if k.udf.IsZero() {
		return udf.KeyFingerprint(k.public.Algorithm(), k.public.Bytes())
	}
	return k.udf
}

// name is the fingerprint as the Mesh writes it.
func (k *key) name() string {
	if k.text == "" {
		return k.fingerprint().String()
	}
	return k.text
}

// half is what one member has of a key, and the service for him.
type half struct {
	member  string
	issued  int64            // serial number of the record it was given out with
	service *cogen.PublicKey // nil if Offline

	own    *cogen.PublicKey // of the member's half, if Serviced
	name   string           // fingerprint of own, if the record was read
	index  cogen.Index      // of his share, if not
	shared *cogen.Commitment
}

// public is the public side of the member's half. Of a share it is computed when
// it is asked for: to do so for all of a large group takes long.
func (h *half) public() (*cogen.PublicKey, error) {
	if h.shared == nil {
		return h.own, nil
	}
	p, err := h.shared.PublicShare(h.index)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return p, nil
}

// id is the Id of the service's half: the fingerprint of the member's. It is
// empty, which no Id is, for a half that nobody can have.
func (h *half) id() string {
	if h.name != "" {
		return h.name
	}
	p, err := h.public()
	if err != nil {
		return ""
	}
	return name(p)
}

// highest is the highest index of a share, if all are so small that combining
// becomes cheaper by it, and else 0.
func (k *key) highest() int {
	if k.mode.shared() && k.next-1 <= cogen.MaxHighest {
		return int(k.next - 1)
	}
	return 0
}

// of returns the half of a member, or nil.
func (k *key) of(address string) *half {
	i := slices.IndexFunc(k.halves, func(h half) bool { return h.member == address })
	if i < 0 {
		return nil
	}
	return &k.halves[i]
}

func (k *key) body() *keyBody {
	b := &keyBody{Mode: string(k.mode), Key: keyData(k.public)}
	if k.mode.shared() {
		b.Sharing, b.Next, b.Need, b.Commitment = k.sharing, k.next, int64(k.need), k.commitment.Bytes()
	}
	if k.mode == Mixed {
		b.Service = k.service.Bytes()
	}
	for _, h := range k.halves {
		hb := &halfBody{Member: h.member, Issued: h.issued}
		if k.mode.shared() {
			hb.Index = h.index.String()
		} else {
			hb.Public, hb.Service = h.own.Bytes(), h.service.Bytes()
		}
		b.Halves = append(b.Halves, hb)
	}
	return b
}

// key reads one key and checks that all its halves belong to it.
func (b *keyBody) key() (*key, error) {
	k := &key{mode: Mode(b.Mode), sharing: b.Sharing, next: b.Next, need: 1}
	var err error
	if k.public, err = publicKey(b.Key); err != nil {
		return nil, err
	}
	if k.public.Algorithm().IsSignature() {
		return nil, errors.New("group: the key of a group is for signatures")
	}
	k.udf = k.fingerprint()
	k.text = k.udf.String()
	switch {
	case k.mode.shared():
		err = k.readCommitment(b)
	case k.mode != Serviced:
		err = errors.New("group: a mode that is not known")
	case b.Sharing != "" || b.Next != 0 || b.Need != 0 || b.Commitment != nil || b.Service != nil:
		err = errors.New("group: what members share where each has a half of his own")
	}
	if err != nil {
		return nil, err
	}
	if len(b.Halves) > MaxMembers {
		return nil, errors.New("group: too many halves")
	}
	seen := map[string]bool{}
	for _, hb := range b.Halves {
		h, err := k.readHalf(hb)
		if err != nil {
			return nil, err
		}
		place := h.index.String()
		if !k.mode.shared() {
			place = h.id()
		}
		if seen["m"+h.member] || seen["i"+place] {
			return nil, errors.New("group: a member or a half comes twice")
		}
		seen["m"+h.member], seen["i"+place] = true, true
		k.halves = append(k.halves, h)
	}
	return k, nil
}

// readCommitment checks that what members share, and the service's half with
// it, is the group's key.
func (k *key) readCommitment(b *keyBody) (err error) {
	if k.commitment, err = k.public.Algorithm().NewCommitment(b.Commitment); err != nil {
		return fmt.Errorf("group: %w", err)
	}
	if k.need = k.commitment.Need(); int64(k.need) != b.Need || k.need < 2 || k.need > MaxNeed || b.Sharing == "" || b.Next < 1 || b.Next > maxIndex+1 {
		return errors.New("group: a commitment that does not fit how members share")
	}
	sum := []*cogen.PublicKey{k.commitment.Key()}
	if k.mode == Mixed {
		if k.service, err = k.public.Algorithm().NewPublicKey(b.Service); err != nil {
			return fmt.Errorf("group: %w", err)
		}
		sum = append(sum, k.service)
	} else if b.Service != nil {
		return errors.New("group: a service's half where there is no service")
	}
	if !k.public.IsSum(sum...) {
		return errors.New("group: the halves are not those of the group's key")
	}
	return nil
}

func (k *key) readHalf(b *halfBody) (h half, err error) {
	if h.member, h.issued = b.Member, b.Issued; h.issued < 1 {
		return h, errors.New("group: a half that was never given out")
	}
	if k.mode.shared() {
		h.shared, h.service = k.commitment, k.service
		if h.index, err = cogen.ParseIndex(b.Index); err != nil {
			return h, fmt.Errorf("group: %w", err)
		}
		if i, ok := h.index.Uint64(); !ok || i > maxIndex || i >= uint64(k.next) || b.Public != nil || b.Service != nil {
			return h, errors.New("group: a share is not as it should be written")
		}
		return h, nil
	}
	if h.own, err = k.public.Algorithm().NewPublicKey(b.Public); err != nil {
		return h, fmt.Errorf("group: %w", err)
	}
	if h.service, err = k.public.Algorithm().NewPublicKey(b.Service); err != nil {
		return h, fmt.Errorf("group: %w", err)
	}
	if !k.public.IsSum(h.own, h.service) || b.Index != "" {
		return h, errors.New("group: the halves are not those of the group's key")
	}
	h.name = name(h.own)
	return h, nil
}

// publicECDH is a public key as a structure of the Mesh has it.
func publicECDH(k *cogen.PublicKey) *mesh.PublicKeyECDH {
	return &mesh.PublicKeyECDH{Crv: k.Algorithm().String(), Public: k.Bytes()}
}
