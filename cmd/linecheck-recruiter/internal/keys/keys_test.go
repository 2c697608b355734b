package keys_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/keys"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/verify"
)

func TestCreateAndRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	made, err := keys.Create(dir, "Example", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	read, err := keys.Read(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	trust, err := read.Trust()
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range []report.KeyRole{report.RoleInvite, report.RoleProbe, report.RoleReceipt} {
		id := made.Key(role).Public().ID()
		if read.Key(role).Public().ID() != id {
			t.Errorf("%s was read differently", role)
		}
		if _, err := trust.Key(role, id, time.Now()); err != nil {
			t.Errorf("%s: %v", role, err)
		}
		if _, err := trust.Key(role, id, time.Now().Add(keys.Life+time.Hour)); err == nil {
			t.Errorf("%s counts after its end", role)
		}
		for _, other := range []report.KeyRole{report.RoleInvite, report.RoleProbe, report.RoleReceipt} {
			if _, err := trust.Key(other, id, time.Now()); other != role && err == nil {
				t.Errorf("the %s key counts as %s key", role, other)
			}
		}
	}
	if runtime.GOOS != "windows" {
		files, _ := filepath.Glob(filepath.Join(dir, "*.key"))
		for _, f := range files {
			if st, err := os.Stat(f); err != nil || st.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v %v", f, st.Mode(), err)
			}
		}
		if len(files) != 4 {
			t.Errorf("%v", files)
		}
	}
	if _, err := keys.Create(dir, "Example", time.Now()); err == nil {
		t.Error("keys were overwritten")
	}
}

// A server's address is added once, as a newer version; without the root key it cannot be.
func TestAddOrigin(t *testing.T) {
	dir := t.TempDir()
	f, err := keys.Create(dir, "Example", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := f.AddOrigin("https://a.example", time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	trust, err := f.Trust()
	if err != nil || trust.Value().Version != 2 || len(trust.Value().Origins) != 1 {
		t.Errorf("%+v %v", trust.Value(), err)
	}
	if err := os.Remove(filepath.Join(dir, "root.key")); err != nil {
		t.Fatal(err)
	}
	if f, err = keys.Read(dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := f.AddOrigin("https://a.example", time.Now()); err != nil {
		t.Errorf("a known address: %v", err)
	}
	if err := f.AddOrigin("https://b.example", time.Now()); err == nil || !strings.Contains(err.Error(), "root key") {
		t.Errorf("a new address without the root key: %v", err)
	}
}

func TestFoldersThatDoNotFitTogether(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	for _, d := range []string{one, two} {
		if _, err := keys.Create(d, "Example", time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	foreign, err := os.ReadFile(filepath.Join(two, "probe.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(one, "probe.key"), foreign, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Read(one, time.Now()); err == nil || !strings.Contains(err.Error(), "probe key") {
		t.Errorf("another folder's key: %v", err)
	}
	if err := os.WriteFile(filepath.Join(two, "root.key"), []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Read(two, time.Now()); err == nil || !strings.Contains(err.Error(), "root key") {
		t.Errorf("a damaged root key: %v", err)
	}
	if _, err := keys.Read(t.TempDir(), time.Now()); err == nil {
		t.Error("an empty folder was taken for keys")
	}
}

// Each rotation leaves what the old key sealed authentic, and nothing it seals later.
func TestRotate(t *testing.T) {
	dir := t.TempDir()
	start := time.Now().Add(-time.Hour)
	f, err := keys.Create(dir, "Example", start)
	if err != nil {
		t.Fatal(err)
	}
	old := f.Key(report.RoleReceipt).Public().ID()
	if err := f.Rotate(report.RoleReceipt, time.Now()); err != nil {
		t.Fatal(err)
	}
	f, err = keys.Read(dir, time.Now().Add(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	trust, err := f.Trust()
	if err != nil {
		t.Fatal(err)
	}
	fresh := f.Key(report.RoleReceipt).Public().ID()
	for _, c := range []struct {
		id string
		at time.Time
		ok bool
	}{{old, start.Add(time.Minute), true}, {old, time.Now().Add(time.Minute), false}, {fresh, time.Now().Add(time.Minute), true}, {fresh, start.Add(time.Minute), false}} {
		if _, err := trust.Key(report.RoleReceipt, c.id, c.at); (err == nil) != c.ok {
			t.Errorf("old: %v, at %v: %v", c.id == old, c.at, err)
		}
	}
	if err := f.Rotate("nonsense", time.Now()); err == nil {
		t.Error("rotated a role that is not there")
	}
	if _, err := keys.Read(dir, time.Now().Add(2*keys.Life)); err == nil || !strings.Contains(err.Error(), "trust rotate") {
		t.Errorf("keys that ran out: %v", err)
	}
}

// A newer file takes the place of an older one, across changes of the root key, and never the other way.
func TestRootRotationAndRollback(t *testing.T) {
	dir := t.TempDir()
	f, err := keys.Create(dir, "Example", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	one, err := f.Trust()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.RotateRoot(time.Now()); err != nil {
		t.Fatal(err)
	}
	three, err := f.Trust()
	if err != nil {
		t.Fatal(err)
	}
	data, err := f.BridgeBytes()
	if err != nil {
		t.Fatal(err)
	}
	e, err := envelope.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	two, err := verify.OpenTrust(e)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Read(dir, time.Now().Add(time.Second)); err != nil {
		t.Errorf("the folder after the change: %v", err)
	}
	stranger, err := keys.Create(t.TempDir(), "Example", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	other, err := stranger.Trust()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		known, fresh verify.Trust
		want         error
	}{
		"itself": {one, one, nil}, "step by step": {one, two, nil}, "over the bridge": {two, three, nil},
		"without the bridge": {one, three, verify.ErrRoot}, "back": {two, one, verify.ErrRollback},
		"back over the bridge": {three, two, verify.ErrRoot}, "a stranger's": {one, other, verify.ErrRoot},
	} {
		if err := c.known.Replace(c.fresh); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestRevoke(t *testing.T) {
	f, err := keys.Create(t.TempDir(), "Example", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	id := "00112233445566778899aabbccddeeff"
	if err := f.Revoke(id, time.Now()); err != nil {
		t.Fatal(err)
	}
	if trust, err := f.Trust(); err != nil || !trust.Revoked(id) || trust.Value().Version != 2 {
		t.Errorf("%v", err)
	}
	for _, bad := range []string{"", "x", id, id + "00"} {
		if err := f.Revoke(bad, time.Now()); err == nil {
			t.Errorf("%q was revoked", bad)
		}
	}
}
