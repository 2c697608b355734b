// Package envelope seals statements and opens them: DSSE envelopes with one
// Ed25519 signature each, over an in-toto statement. [Open] is the only way to
// a payload, and verifies first; what it returns is [Opened], which nothing
// else can make. No trust decision is made here: the caller says which key it
// expects, and the key's role and time are the caller's business.
package envelope

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"linecheck/report/strict"
)

// PayloadType is the only payload type sealed or opened.
const PayloadType = "application/vnd.in-toto+json"

// MaxSize bounds an envelope's JSON, in bytes.
const MaxSize = 256 << 10

// Envelope is a sealed statement as it travels.
type Envelope struct {
	PayloadType string      `json:"payloadType"`
	Payload     string      `json:"payload"`
	Signatures  []Signature `json:"signatures"`
}

// Signature is the seal: the key's id (its base64 public key) and the signature.
type Signature struct {
	KeyID string `json:"keyid"`
	Sig   string `json:"sig"`
}

// The errors that [Open] and [Parse] wrap.
var (
	// ErrMalformed: the bytes are no envelope in the one allowed spelling.
	ErrMalformed = errors.New("not a well-formed envelope")
	// ErrSeal: the signature does not fit payload and key.
	ErrSeal = errors.New("the seal is broken")
	// ErrType: the statement is of another type than was asked for.
	ErrType = errors.New("not the expected kind of statement")
)

// Opened is a payload whose seal was verified. Only [Open] makes one.
type Opened[T any] struct {
	statement Statement[T]
	digest    string
	key       PublicKey
}

// Value is the verified predicate.
func (o Opened[T]) Value() T { return o.statement.Predicate }

// Digest is the hex SHA-256 of the payload: the identity of the statement.
func (o Opened[T]) Digest() string { return o.digest }

// Key is the key that sealed it.
func (o Opened[T]) Key() PublicKey { return o.key }

// Subject is the hex SHA-256 that the statement gives for the named thing it builds on.
func (o Opened[T]) Subject(name string) (digest string, ok bool) {
	for _, s := range o.statement.Subject {
		if s.Name == name {
			return s.Digest.SHA256, true
		}
	}
	return "", false
}

// Subjects are the digests of every subject of that name, in order.
func (o Opened[T]) Subjects(name string) []string {
	var out []string
	for _, s := range o.statement.Subject {
		if s.Name == name {
			out = append(out, s.Digest.SHA256)
		}
	}
	return out
}

// Parse reads an envelope's JSON and checks its form; nothing is verified yet.
func Parse(data []byte) (Envelope, error) {
	var e Envelope
	if err := strict.Decode(data, MaxSize, &e); err != nil {
		return Envelope{}, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	if _, _, err := e.parts(); err != nil {
		return Envelope{}, err
	}
	return e, nil
}

// Bytes is the envelope's JSON.
func (e Envelope) Bytes() ([]byte, error) { return strict.Encode(e) }

// Digest is the hex SHA-256 of the payload, verified or not.
func (e Envelope) Digest() (string, error) {
	payload, _, err := e.parts()
	if err != nil {
		return "", err
	}
	return Digest(payload), nil
}

// KeyID is the id of the key that claims to have sealed it; empty where the form is wrong.
func (e Envelope) KeyID() string {
	if len(e.Signatures) != 1 {
		return ""
	}
	return e.Signatures[0].KeyID
}

// Digest is the hex SHA-256 of data.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// parts checks the form and decodes payload and signature.
func (e Envelope) parts() (payload, sig []byte, err error) {
	if e.PayloadType != PayloadType {
		return nil, nil, fmt.Errorf("%w: payload type %.40q", ErrMalformed, e.PayloadType)
	}
	if len(e.Signatures) != 1 {
		return nil, nil, fmt.Errorf("%w: %d signatures instead of 1", ErrMalformed, len(e.Signatures))
	}
	if payload, err = decode64(e.Payload); err != nil {
		return nil, nil, fmt.Errorf("%w: payload: %v", ErrMalformed, err)
	}
	if sig, err = decode64(e.Signatures[0].Sig); err != nil || len(sig) != ed25519.SignatureSize {
		return nil, nil, fmt.Errorf("%w: signature", ErrMalformed)
	}
	return payload, sig, nil
}

// Seal signs the statement that predicate, of the given type, builds on subjects.
func Seal[T any](key PrivateKey, predicateType string, subjects []Subject, predicate T) (Envelope, error) {
	st := Statement[T]{Type: StatementType, Subject: subjects, PredicateType: predicateType, Predicate: predicate}
	payload, err := strict.Encode(st)
	if err != nil {
		return Envelope{}, err
	}
	sig := ed25519.Sign(key.key, pae(payload))
	return Envelope{
		PayloadType: PayloadType,
		Payload:     base64.StdEncoding.EncodeToString(payload),
		Signatures:  []Signature{{KeyID: key.Public().ID(), Sig: base64.StdEncoding.EncodeToString(sig)}},
	}, nil
}

// Open verifies the seal with the key the caller expects and only then reads
// the payload, as a statement of exactly the given type.
func Open[T any](e Envelope, key PublicKey, predicateType string) (Opened[T], error) {
	payload, sig, err := e.parts()
	if err != nil {
		return Opened[T]{}, err
	}
	if e.KeyID() != key.ID() {
		return Opened[T]{}, fmt.Errorf("%w: sealed by another key", ErrSeal)
	}
	if !key.verify(pae(payload), sig) {
		return Opened[T]{}, ErrSeal
	}
	var st Statement[T]
	if err := strict.Decode(payload, MaxSize, &st); err != nil {
		return Opened[T]{}, why(payload, predicateType, err)
	}
	if st.Type != StatementType || st.PredicateType != predicateType {
		return Opened[T]{}, fmt.Errorf("%w: %.60q", ErrType, st.PredicateType)
	}
	if err := checkSubjects(st.Subject); err != nil {
		return Opened[T]{}, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	return Opened[T]{statement: st, digest: Digest(payload), key: key}, nil
}

// why tells a statement of another kind from one that is malformed.
func why(payload []byte, predicateType string, cause error) error {
	var head statementHead
	if err := strict.Decode(payload, MaxSize, &head); err == nil && head.PredicateType != predicateType {
		return fmt.Errorf("%w: %.60q", ErrType, head.PredicateType)
	}
	return fmt.Errorf("%w: %s: %v", ErrMalformed, predicateType, cause)
}

// pae is DSSE's pre-authentication encoding of the payload: what is signed.
func pae(payload []byte) []byte {
	head := "DSSEv1 " + strconv.Itoa(len(PayloadType)) + " " + PayloadType + " " + strconv.Itoa(len(payload)) + " "
	return append([]byte(head), payload...)
}

// decode64 reads standard base64 in its one canonical spelling.
func decode64(s string) ([]byte, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, err
	}
	if base64.StdEncoding.EncodedLen(len(b)) != len(s) { // the decoder passes over line ends
		return nil, errors.New("not canonical base64")
	}
	return b, nil
}
