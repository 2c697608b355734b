package envelope_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"linecheck/report/envelope"
)

type note struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
}

const noteType = "urn:linecheck:note:1"

func newKey(t testing.TB) envelope.PrivateKey {
	t.Helper()
	k, err := envelope.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sealed(t testing.TB, k envelope.PrivateKey) envelope.Envelope {
	t.Helper()
	e, err := envelope.Seal(k, noteType, []envelope.Subject{envelope.On("thing", envelope.Digest([]byte("x")))}, note{"hello", 3})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestSealAndOpen(t *testing.T) {
	k := newKey(t)
	e := sealed(t, k)
	data, err := e.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	back, err := envelope.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	o, err := envelope.Open[note](back, k.Public(), noteType)
	if err != nil {
		t.Fatal(err)
	}
	payload, _ := base64.StdEncoding.DecodeString(e.Payload)
	if o.Value() != (note{"hello", 3}) || o.Digest() != envelope.Digest(payload) || o.Key().ID() != k.Public().ID() {
		t.Errorf("opened %+v %s", o.Value(), o.Digest())
	}
	if d, ok := o.Subject("thing"); !ok || d != envelope.Digest([]byte("x")) {
		t.Errorf("subject %q %v", d, ok)
	}
	if _, ok := o.Subject("other"); ok {
		t.Error("found a subject that is not there")
	}
}

func TestOpenRefuses(t *testing.T) {
	k, stranger := newKey(t), newKey(t)
	e := sealed(t, k)
	if _, err := envelope.Open[note](e, stranger.Public(), noteType); !errors.Is(err, envelope.ErrSeal) {
		t.Errorf("another key: %v", err)
	}
	if _, err := envelope.Open[note](e, envelope.PublicKey{}, noteType); err == nil {
		t.Error("opened with no key at all")
	}
	if _, err := envelope.Open[note](e, k.Public(), "urn:linecheck:other:1"); !errors.Is(err, envelope.ErrType) {
		t.Errorf("another type: %v", err)
	}
	claimed := e
	claimed.Signatures = []envelope.Signature{{KeyID: stranger.Public().ID(), Sig: e.Signatures[0].Sig}}
	if _, err := envelope.Open[note](claimed, stranger.Public(), noteType); !errors.Is(err, envelope.ErrSeal) {
		t.Errorf("a stranger's name on our signature: %v", err)
	}
}

// Only one spelling of an envelope is read.
func TestParseRefusesOtherSpellings(t *testing.T) {
	data, err := sealed(t, newKey(t)).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	good := string(data)
	sig := func(f func(string) string) string {
		i := strings.Index(good, `"sig":"`) + 7
		j := i + strings.Index(good[i:], `"`)
		return good[:i] + f(good[i:j]) + good[j:]
	}
	for name, text := range map[string]string{
		"two signatures":       strings.Replace(good, `"signatures":[`, `"signatures":[{"keyid":"","sig":""},`, 1),
		"no signature":         good[:strings.Index(good, `"signatures"`)] + `"signatures":[]}`,
		"duplicate payload":    `{"payload":"e30=",` + good[1:],
		"Payload":              strings.Replace(good, `"payload"`, `"Payload"`, 1),
		"unknown member":       `{"more":1,` + good[1:],
		"trailing bytes":       good + "{}",
		"other payload type":   strings.Replace(good, "in-toto", "other", 1),
		"URL-safe base64":      sig(func(s string) string { return strings.NewReplacer("+", "-", "/", "_").Replace(s) + "-" }),
		"newline in base64":    sig(func(s string) string { return s[:10] + `\n` + s[10:] }),
		"last bits not zero":   sig(func(s string) string { return s[:len(s)-3] + next(s[len(s)-3]) + "==" }),
		"missing padding":      sig(func(s string) string { return strings.TrimRight(s, "=") }),
		"short signature":      sig(func(s string) string { return s[4:] }),
		"not JSON":             "hello",
		"larger than may be":   good[:len(good)-1] + strings.Repeat(" ", envelope.MaxSize) + "}",
		"an array":             "[" + good + "]",
		"null for signatures":  good[:strings.Index(good, `"signatures"`)] + `"signatures":null}`,
		"payload not a string": strings.Replace(good, `"payload":"`, `"payload":1,"x":"`, 1),
	} {
		if _, err := envelope.Parse([]byte(text)); !errors.Is(err, envelope.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func next(c byte) string { return string(rune(c + 1)) }

// Every single-bit flip of an envelope is refused, or changes nothing that counts.
func TestEveryBitFlip(t *testing.T) {
	k := newKey(t)
	data, err := sealed(t, k).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		for bit := range 8 {
			flipped := bytes.Clone(data)
			flipped[i] ^= 1 << bit
			e, err := envelope.Parse(flipped)
			if err != nil {
				continue
			}
			if o, err := envelope.Open[note](e, k.Public(), noteType); err == nil {
				t.Fatalf("bit %d of byte %d flipped: still opened as %+v", bit, i, o.Value())
			}
		}
	}
}

// Keys of small order verify many messages with one signature: none is taken.
func TestSmallOrderKeysAreRefused(t *testing.T) {
	for _, h := range []string{
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000080",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	} {
		raw, err := hex.DecodeString(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := envelope.ParsePublic(base64.StdEncoding.EncodeToString(raw)); !errors.Is(err, envelope.ErrKey) {
			t.Errorf("%s: %v", h, err)
		}
	}
	if _, err := envelope.ParsePublic(newKey(t).Public().ID()); err != nil {
		t.Errorf("an honest key: %v", err)
	}
}

func TestKeysSurviveTheirFile(t *testing.T) {
	k := newKey(t)
	back, err := envelope.ParsePrivate(k.Seed())
	if err != nil || back.Public().ID() != k.Public().ID() {
		t.Errorf("%v", err)
	}
	for _, bad := range []string{"", "x", k.Seed() + "A", k.Seed()[1:], "AAAA"} {
		if _, err := envelope.ParsePrivate(bad); err == nil {
			t.Errorf("%q was taken for a key", bad)
		}
	}
}

// A second opinion: OpenSSL verifies the signature over the bytes that DSSE says are signed.
func TestOpenSSLAgrees(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	k := newKey(t)
	data, err := sealed(t, k).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	var e struct {
		PayloadType, Payload string
		Signatures           []struct{ KeyID, Sig string }
	}
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	payload, _ := base64.StdEncoding.DecodeString(e.Payload)
	sig, _ := base64.StdEncoding.DecodeString(e.Signatures[0].Sig)
	raw, _ := base64.StdEncoding.DecodeString(e.Signatures[0].KeyID)
	der, err := x509.MarshalPKIXPublicKey(ed25519.PublicKey(raw))
	if err != nil {
		t.Fatal(err)
	}
	signed := fmt.Sprintf("DSSEv1 %d %s %d %s", len(e.PayloadType), e.PayloadType, len(payload), payload)
	verify := func(message string) error {
		dir := t.TempDir()
		for name, b := range map[string][]byte{"key": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "sig": sig, "msg": []byte(message)} {
			if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command(openssl, "pkeyutl", "-verify", "-pubin", "-inkey", "key", "-rawin", "-in", "msg", "-sigfile", "sig")
		cmd.Dir = dir
		return cmd.Run()
	}
	if err := verify(signed); err != nil {
		t.Errorf("OpenSSL does not agree: %v", err)
	}
	if verify(signed+" ") == nil {
		t.Error("OpenSSL agrees to another message as well")
	}
}

func FuzzParse(f *testing.F) {
	k := newKey(f)
	data, err := sealed(f, k).Bytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"payloadType":"application/vnd.in-toto+json","payload":"","signatures":[]}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		e, err := envelope.Parse(in)
		if err != nil {
			return
		}
		o, err := envelope.Open[note](e, k.Public(), noteType)
		if err == nil && o.Value() != (note{"hello", 3}) {
			t.Fatalf("authentic with another meaning: %+v", o.Value())
		}
	})
}
