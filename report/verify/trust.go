package verify

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"linecheck/report"
	"linecheck/report/envelope"
)

// Trust is a verified trust file. Make it with [OpenTrust].
type Trust struct {
	sealed envelope.Envelope
	opened envelope.Opened[report.Trust]
	keys   []trustedKey
}

type trustedKey struct {
	report.TrustedKey
	public envelope.PublicKey
}

// ErrTrust: the bytes are no trust file that its own root key sealed.
var ErrTrust = errors.New("not a usable trust file")

// OpenTrust reads a trust file. Its root key is the one that sealed it: that
// this is the right organisation's file is for the caller to know, who was given it.
func OpenTrust(sealed envelope.Envelope) (Trust, error) {
	root, err := envelope.ParsePublic(sealed.KeyID())
	if err != nil {
		return Trust{}, fmt.Errorf("%w: %v", ErrTrust, err)
	}
	o, err := envelope.Open[report.Trust](sealed, root, report.TrustType)
	if err != nil {
		return Trust{}, fmt.Errorf("%w: %v", ErrTrust, err)
	}
	if d, ok := o.Subject("root"); !ok || d != root.Digest() {
		return Trust{}, fmt.Errorf("%w: it speaks for another root key", ErrTrust)
	}
	t := Trust{sealed: sealed, opened: o}
	for _, k := range o.Value().Keys {
		public, err := envelope.ParsePublic(k.Key)
		if err != nil || k.Alg != "ed25519" {
			return Trust{}, fmt.Errorf("%w: a %s key is unusable", ErrTrust, k.Role)
		}
		t.keys = append(t.keys, trustedKey{k, public})
	}
	return t, nil
}

// Value is what the file says.
func (t Trust) Value() report.Trust { return t.opened.Value() }

// Sealed is the file as it travels.
func (t Trust) Sealed() envelope.Envelope { return t.sealed }

// Root is the tenant's root key.
func (t Trust) Root() envelope.PublicKey { return t.opened.Key() }

// The errors of [Trust.Replace].
var (
	// ErrRollback: the file is older than the one that is known already.
	ErrRollback = errors.New("the trust file is older than one that was seen before")
	// ErrRoot: the file is sealed by a root key that the known one does not name.
	ErrRoot = errors.New("the trust file is sealed by another root key than the one known for this organisation")
)

// Replace says whether a trust file may take the place of the known one, t:
// the same organisation, a version that is not older, sealed by the same root
// key or by the one that t names as the next. The same version must be the same file.
func (t Trust) Replace(by Trust) error {
	now, then := by.Value(), t.Value()
	switch {
	case now.Tenant != then.Tenant:
		return ErrRoot
	case by.Root().ID() != t.Root().ID() && (then.NextRoot == "" || by.Root().ID() != then.NextRoot):
		return ErrRoot
	case now.Version < then.Version, now.Version == then.Version && by.opened.Digest() != t.opened.Digest():
		return ErrRollback
	}
	return nil
}

// Revoked says whether an id of an invite or key no longer counts.
func (t Trust) Revoked(id string) bool { return slices.Contains(t.Value().Revoked, id) }

// The errors of [Trust.Key].
var (
	// ErrStranger: the key is not in the trust file for that role.
	ErrStranger = errors.New("sealed by a key that the trust file does not name for this")
	// ErrRevoked: the key or invite was revoked.
	ErrRevoked = errors.New("revoked")
	// ErrKeyTime: the key did not count at that time.
	ErrKeyTime = errors.New("sealed by a key that did not count at that time")
)

// Key is the key with that id, if it may seal in that role at that time.
func (t Trust) Key(role report.KeyRole, id string, at time.Time) (envelope.PublicKey, error) {
	for _, k := range t.keys {
		if k.Role != role || k.TrustedKey.Key != id {
			continue
		}
		switch {
		case t.Revoked(id):
			return envelope.PublicKey{}, fmt.Errorf("the %s key is %w", role, ErrRevoked)
		case at.Before(k.NotBefore) || at.After(k.NotAfter):
			return envelope.PublicKey{}, ErrKeyTime
		}
		return k.public, nil
	}
	return envelope.PublicKey{}, ErrStranger
}

// open verifies a statement by a trusted key of the role. The time at which
// the key must count may itself stand in the statement, so it is asked for after opening.
func open[T any](t Trust, e envelope.Envelope, role report.KeyRole, kind string, at func(T) time.Time) (envelope.Opened[T], error) {
	i := slices.IndexFunc(t.keys, func(k trustedKey) bool { return k.Role == role && k.TrustedKey.Key == e.KeyID() })
	if i < 0 {
		return envelope.Opened[T]{}, ErrStranger
	}
	o, err := envelope.Open[T](e, t.keys[i].public, kind)
	if err != nil {
		return envelope.Opened[T]{}, err
	}
	if _, err := t.Key(role, e.KeyID(), at(o.Value())); err != nil {
		return envelope.Opened[T]{}, err
	}
	return o, nil
}
