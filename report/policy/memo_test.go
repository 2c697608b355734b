package policy_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/assets"
	"linecheck/report/policy"
)

// A memo says what parsing says, however often and by however many it is asked, and forgets rather than grow.
func TestMemo(t *testing.T) {
	text, err := assets.Policy("customer-service")
	if err != nil {
		t.Fatal(err)
	}
	want, err := policy.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var m policy.Memo
	var wait sync.WaitGroup
	for i := range 200 {
		wait.Go(func() {
			if got, err := m.Parse(text); err != nil || cmp.Diff(want, got) != "" {
				t.Error(err, cmp.Diff(want, got))
			}
			other := strings.Replace(string(text), `"version":`, fmt.Sprintf(`"version":%d`, i+1), 1)
			if got, err := m.Parse([]byte(other)); err == nil && got.Version == want.Version {
				t.Error("another text gave the same policy")
			}
			if _, err := m.Parse([]byte("{")); !errors.Is(err, policy.ErrPolicy) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

func BenchmarkParse(b *testing.B) {
	text, err := assets.Policy("customer-service")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("anew", func(b *testing.B) {
		for b.Loop() {
			_, _ = policy.Parse(text)
		}
	})
	b.Run("remembered", func(b *testing.B) {
		var m policy.Memo
		for b.Loop() {
			_, _ = m.Parse(text)
		}
	})
}
