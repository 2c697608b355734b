// Package keys is the recruiter's key folder: the root key, the keys that seal
// invites, observations and receipts, and the trust file that names them. It
// is the one place where private keys are read and written.
package keys

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/verify"
)

// Life is how long a new key may seal.
const Life = 365 * 24 * time.Hour

const (
	trustFile = "trust.json"
	rootFile  = "root.key"
)

// Folder is a key folder that was read and fits together.
type Folder struct {
	path string
	root *envelope.PrivateKey // nil where the root key is kept elsewhere
	keys map[report.KeyRole]envelope.PrivateKey

	mu     sync.Mutex
	opened verify.Trust // the trust file as it was last
	bytes  []byte
}

func roles() []report.KeyRole {
	return []report.KeyRole{report.RoleInvite, report.RoleProbe, report.RoleReceipt}
}

// Create makes a new key folder with a tenant of the given name. It never overwrites one.
func Create(path, name string, now time.Time) (*Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(path, trustFile)); err == nil {
		return nil, fmt.Errorf("%s holds keys already; choose another folder", path)
	}
	var tenant [8]byte
	if _, err := rand.Read(tenant[:]); err != nil {
		return nil, err
	}
	now = now.UTC().Truncate(time.Second)
	t := report.Trust{
		Tenant: hex.EncodeToString(tenant[:]), Name: name, Version: 1, Issued: now,
		Origins: []string{}, Keys: []report.TrustedKey{}, Revoked: []string{},
	}
	f := &Folder{path: path, keys: map[report.KeyRole]envelope.PrivateKey{}}
	root, err := f.newKey(rootFile)
	if err != nil {
		return nil, err
	}
	f.root = &root
	for _, role := range roles() {
		k, err := f.newKey(string(role) + ".key")
		if err != nil {
			return nil, err
		}
		f.keys[role] = k
		t.Keys = append(t.Keys, report.TrustedKey{
			Role: role, Alg: "ed25519", Key: k.Public().ID(), NotBefore: now.Add(-time.Minute), NotAfter: now.Add(Life),
		})
	}
	return f, f.writeTrust(t)
}

func (f *Folder) newKey(file string) (envelope.PrivateKey, error) {
	k, err := envelope.NewKey(rand.Reader)
	if err != nil {
		return k, err
	}
	w, err := os.OpenFile(filepath.Join(f.path, file), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return k, err
	}
	_, err = w.WriteString(k.Seed() + "\n")
	return k, errors.Join(err, w.Sync(), w.Close())
}

// Read opens a key folder for use at a time. The root key may be kept elsewhere.
func Read(path string, now time.Time) (*Folder, error) {
	f := &Folder{path: path, keys: map[report.KeyRole]envelope.PrivateKey{}}
	for _, role := range roles() {
		k, err := f.readKey(string(role) + ".key")
		if err != nil {
			return nil, fmt.Errorf("the %s key cannot be read: %w", role, err)
		}
		f.keys[role] = k
	}
	if k, err := f.readKey(rootFile); err == nil {
		f.root = &k
	} else if !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the root key cannot be read: %w", err)
	}
	t, err := f.Trust()
	if err != nil {
		return nil, err
	}
	for _, role := range roles() {
		_, err := t.Key(role, f.keys[role].Public().ID(), now)
		switch {
		case errors.Is(err, verify.ErrStranger):
			return nil, fmt.Errorf("the trust file does not name the %s key: these files are of different key folders", role)
		case err != nil:
			return nil, fmt.Errorf("the %s key counts no longer (%w); make a new one with 'trust rotate'", role, err)
		}
	}
	return f, nil
}

func (f *Folder) readKey(file string) (envelope.PrivateKey, error) {
	data, err := os.ReadFile(filepath.Join(f.path, file))
	if err != nil {
		return envelope.PrivateKey{}, err
	}
	return envelope.ParsePrivate(strings.TrimSpace(string(data)))
}

// Key is the private key of a role.
func (f *Folder) Key(role report.KeyRole) envelope.PrivateKey { return f.keys[role] }

// TrustBytes is the trust file as it stands on disk.
func (f *Folder) TrustBytes() ([]byte, error) { return os.ReadFile(filepath.Join(f.path, trustFile)) }

// BridgeBytes is the trust file that names the present root key, sealed by the
// former one; it is os.ErrNotExist where the root key was never changed.
func (f *Folder) BridgeBytes() ([]byte, error) { return os.ReadFile(filepath.Join(f.path, bridgeFile)) }

// Trust is the verified trust file. It is read each time, as somebody may have changed
// it, and verified again where it is another.
func (f *Folder) Trust() (verify.Trust, error) {
	data, err := f.TrustBytes()
	if err != nil {
		return verify.Trust{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if bytes.Equal(data, f.bytes) {
		return f.opened, nil
	}
	e, err := envelope.Parse(data)
	if err != nil {
		return verify.Trust{}, err
	}
	t, err := verify.OpenTrust(e)
	if err == nil {
		f.opened, f.bytes = t, data
	}
	return t, err
}
