package keys

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"linecheck/report"
	"linecheck/report/envelope"
)

// AddOrigin makes sure that the trust file names a server address.
func (f *Folder) AddOrigin(origin string, now time.Time) error {
	t, err := f.Trust()
	if err != nil {
		return err
	}
	if slices.Contains(t.Value().Origins, origin) {
		return nil
	}
	if f.root == nil {
		return fmt.Errorf("the trust file does not name %s, and the root key that could add it is not here: put root.key back for this start, or use an address that the trust file names", origin)
	}
	return f.change(now, func(t *report.Trust) error {
		t.Origins = append(t.Origins, origin)
		return nil
	})
}

// Revoke makes an invite (by its id) or a key (by its base64) count no longer.
func (f *Folder) Revoke(id string, now time.Time) error {
	if b, err := hex.DecodeString(id); err != nil || len(b) != 16 {
		if _, err := envelope.ParsePublic(id); err != nil {
			return fmt.Errorf("%q is neither an invite's id (32 hexadecimal digits) nor a key (base64)", id)
		}
	}
	return f.change(now, func(t *report.Trust) error {
		if slices.Contains(t.Revoked, id) {
			return fmt.Errorf("%s is revoked already", id)
		}
		t.Revoked = append(t.Revoked, id)
		return nil
	})
}

// Rotate makes a new key for a role. What the old one sealed until now stays
// authentic; what it seals from now on is not.
func (f *Folder) Rotate(role report.KeyRole, now time.Time) error {
	if !slices.Contains(roles(), role) {
		return fmt.Errorf("there is no role %q; roles are %v", role, roles())
	}
	if f.root == nil {
		return errNoRoot
	}
	fresh, err := envelope.NewKey(rand.Reader)
	if err != nil {
		return err
	}
	now = now.UTC().Truncate(time.Second)
	old := f.keys[role].Public().ID()
	// The trust file first: a crash in between leaves a key that is refused at
	// the next start, never one that seals in vain.
	if err := f.change(now, func(t *report.Trust) error {
		for i, k := range t.Keys {
			if k.Role == role && k.Key == old && k.NotAfter.After(now) {
				t.Keys[i].NotAfter = now
			}
		}
		t.Keys = append(t.Keys, report.TrustedKey{Role: role, Alg: "ed25519", Key: fresh.Public().ID(), NotBefore: now, NotAfter: now.Add(Life)})
		return nil
	}); err != nil {
		return err
	}
	f.keys[role] = fresh
	return replaceSecret(filepath.Join(f.path, string(role)+".key"), fresh.Seed()+"\n")
}

// RotateRoot makes a new root key, in two versions of the trust file: one that
// the old root seals and that names the new one, kept beside as trust-bridge.json,
// and one that the new root seals. Whoever knows an older file needs the first to accept the second.
func (f *Folder) RotateRoot(now time.Time) error {
	if f.root == nil {
		return errNoRoot
	}
	fresh, err := envelope.NewKey(rand.Reader)
	if err != nil {
		return err
	}
	if err := f.change(now, func(t *report.Trust) error { t.NextRoot = fresh.Public().ID(); return nil }); err != nil {
		return err
	}
	bridge, err := f.TrustBytes()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(f.path, bridgeFile), bridge, 0o644); err != nil {
		return err
	}
	if err := replaceSecret(filepath.Join(f.path, rootFile), fresh.Seed()+"\n"); err != nil {
		return err
	}
	f.root = &fresh
	return f.change(now, func(t *report.Trust) error { t.NextRoot = ""; return nil })
}

var errNoRoot = errors.New("the root key is not here, and only it can change the trust file")

const bridgeFile = "trust-bridge.json"

// change seals a new version of the trust file.
func (f *Folder) change(now time.Time, edit func(*report.Trust) error) error {
	if f.root == nil {
		return errNoRoot
	}
	t, err := f.Trust()
	if err != nil {
		return err
	}
	v := t.Value()
	v.Origins, v.Keys, v.Revoked = slices.Clone(v.Origins), slices.Clone(v.Keys), slices.Clone(v.Revoked)
	if err := edit(&v); err != nil {
		return err
	}
	v.Version++
	v.Issued = now.UTC().Truncate(time.Second)
	return f.writeTrust(v)
}

func (f *Folder) writeTrust(t report.Trust) error {
	e, err := envelope.Seal(*f.root, report.TrustType, []envelope.Subject{envelope.On("root", f.root.Public().Digest())}, t)
	if err != nil {
		return err
	}
	data, err := e.Bytes()
	if err != nil {
		return err
	}
	tmp := filepath.Join(f.path, "."+trustFile+".new")
	if err := os.WriteFile(tmp, data, 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, filepath.Join(f.path, trustFile))
}

// replaceSecret writes a key file anew, whole or not at all.
func replaceSecret(name, text string) error {
	tmp := name + ".new"
	if err := os.WriteFile(tmp, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, name)
}
