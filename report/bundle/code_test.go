package bundle_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"linecheck/report/bundle"
)

func TestCode(t *testing.T) {
	for digest, want := range map[string]string{
		strings.Repeat("00", 32): "00000-00000", strings.Repeat("ff", 32): "ZZZZZ-ZZZZZ", "08421084210842" + strings.Repeat("00", 25): "11111-11111", "zz": "", "": "",
	} {
		if got := bundle.Code(digest); got != want {
			t.Errorf("%s: %q, want %q", digest, got, want)
		}
	}
}

// The code as people type it leads back to the digests that have it, and to no other.
func TestDigestsOfACode(t *testing.T) {
	for i := range 200 {
		sum := sha256.Sum256([]byte{byte(i)})
		digest := hex.EncodeToString(sum[:])
		code := bundle.Code(digest)
		for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", ""), strings.NewReplacer("0", "O", "1", "l").Replace(code), code[:3] + " " + code[3:]} {
			first, last, ok := bundle.Digests(typed)
			if !ok || len(first) != 64 || len(last) != 64 || first > digest || last < digest || bundle.Code(first) != code || bundle.Code(last) != code {
				t.Fatalf("%q of %s: %s to %s", typed, digest, first, last)
			}
		}
	}
	for _, typed := range []string{"", "ABC", "9RXE2-R7X4D2", "9RXE2-R7X4U", "日本語日本語日本語日"} {
		if _, _, ok := bundle.Digests(typed); ok {
			t.Errorf("%q passes for a code", typed)
		}
	}
}
