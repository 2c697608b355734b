package envelope

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"io"

	"filippo.io/edwards25519"
)

// PublicKey is an Ed25519 public key of full order.
type PublicKey struct{ key ed25519.PublicKey }

// PrivateKey is an Ed25519 private key.
type PrivateKey struct{ key ed25519.PrivateKey }

// ErrKey: the bytes are no usable Ed25519 key.
var ErrKey = errors.New("not a usable Ed25519 key")

// ParsePublic reads a key from its id, the canonical base64 of its 32 bytes.
// Keys of small order, under which one signature fits many messages, are refused.
func ParsePublic(id string) (PublicKey, error) {
	b, err := decode64(id)
	if err != nil || len(b) != ed25519.PublicKeySize {
		return PublicKey{}, ErrKey
	}
	p, err := new(edwards25519.Point).SetBytes(b)
	if err != nil {
		return PublicKey{}, ErrKey
	}
	if new(edwards25519.Point).MultByCofactor(p).Equal(edwards25519.NewIdentityPoint()) == 1 {
		return PublicKey{}, ErrKey
	}
	return PublicKey{key: b}, nil
}

// ID is the base64 of the key: its name in envelopes and trust files.
func (k PublicKey) ID() string { return base64.StdEncoding.EncodeToString(k.key) }

// verify says whether sig is this key's signature of the message.
func (k PublicKey) verify(message, sig []byte) bool {
	return len(k.key) == ed25519.PublicKeySize && ed25519.Verify(k.key, message, sig)
}

// Digest is the hex SHA-256 of the key's 32 bytes.
func (k PublicKey) Digest() string { return Digest(k.key) }

// NewKey makes a key from the random source, which is crypto/rand.Reader outside of tests.
func NewKey(random io.Reader) (PrivateKey, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return PrivateKey{}, err
	}
	return PrivateKey{key: ed25519.NewKeyFromSeed(seed)}, nil
}

// ParsePrivate reads a key from the base64 of its 32-byte seed.
func ParsePrivate(seed string) (PrivateKey, error) {
	b, err := decode64(seed)
	if err != nil || len(b) != ed25519.SeedSize {
		return PrivateKey{}, ErrKey
	}
	return PrivateKey{key: ed25519.NewKeyFromSeed(b)}, nil
}

// Seed is the base64 of the secret: what is kept in a key file.
func (k PrivateKey) Seed() string { return base64.StdEncoding.EncodeToString(k.key.Seed()) }

// Public is the key's public half.
func (k PrivateKey) Public() PublicKey {
	return PublicKey{key: k.key.Public().(ed25519.PublicKey)}
}
