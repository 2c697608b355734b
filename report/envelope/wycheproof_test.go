package envelope

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/c2sp/wycheproof"
)

// Every Ed25519 vector of the Wycheproof suite comes out as it should.
func TestWycheproof(t *testing.T) {
	data, err := fs.ReadFile(wycheproof.TestVectors, "ed25519_test.json")
	if err != nil {
		t.Fatal(err)
	}
	var suite struct {
		NumberOfTests int
		TestGroups    []struct {
			PublicKey struct{ Pk string }
			Tests     []struct {
				TcID             int
				Comment          string
				Msg, Sig, Result string
			}
		}
	}
	if err := json.Unmarshal(data, &suite); err != nil {
		t.Fatal(err)
	}
	unhex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	n := 0
	for _, g := range suite.TestGroups {
		key, err := ParsePublic(base64.StdEncoding.EncodeToString(unhex(g.PublicKey.Pk)))
		for _, v := range g.Tests {
			n++
			got := err == nil && key.verify(unhex(v.Msg), unhex(v.Sig))
			if got != (v.Result == "valid") {
				t.Errorf("vector %d (%s): accepted %v, want %s", v.TcID, v.Comment, got, v.Result)
			}
		}
	}
	if n != suite.NumberOfTests || n < 150 {
		t.Errorf("%d of %d vectors were tried", n, suite.NumberOfTests)
	}
}
