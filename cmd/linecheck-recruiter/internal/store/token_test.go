package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

func TestTokens(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		add(t, s, store.Person{Login: "b"})
		by := add(t, s, store.Person{Login: "a"})
		add(t, s, store.Person{Login: "c"})
		var made []store.Token
		for _, digest := range []string{name("one"), name("two")} {
			k, err := s.AddToken(t.Context(), store.Token{Digest: digest, Name: "ats", Role: "support", Person: by.ID, Created: noon(), Ends: noon().Add(time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
			made = append(made, k)
		}
		if _, err := s.AddToken(t.Context(), made[0]); err == nil {
			t.Error("the same token twice")
		}
		if _, err := another(t, s).AddToken(t.Context(), store.Token{Digest: name("three"), Person: by.ID}); !errors.Is(err, store.ErrNoPerson) {
			t.Errorf("a token by another organisation's person: %v", err)
		}
		if err := s.TokenUsed(t.Context(), made[0].ID, noon().Add(time.Minute)); err != nil {
			t.Error(err)
		}
		for i := range 2 { // the first time counts
			if err := s.RevokeToken(t.Context(), made[1].ID, noon().Add(time.Duration(i+1)*time.Second)); err != nil {
				t.Error(err)
			}
		}
		made[0].Used, made[1].Revoked = noon().Add(time.Minute), noon().Add(time.Second)
		list, err := open().Tokens(t.Context())
		if d := cmp.Diff([]store.Token{made[1], made[0]}, list); err != nil || d != "" {
			t.Errorf("%v %s", err, d)
		}
		if got, err := s.TokenByDigest(t.Context(), name("one")); got != made[0] || err != nil {
			t.Errorf("%+v %v", got, err)
		}
	})
}

func TestTokensOfAnotherOrganisation(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		k, err := s.AddToken(t.Context(), store.Token{Digest: name("one"), Person: add(t, s, store.Person{Login: "a"}).ID, Created: noon(), Ends: noon()})
		if err != nil {
			t.Fatal(err)
		}
		other := another(t, s)
		if list, err := other.Tokens(t.Context()); len(list) != 0 || err != nil {
			t.Errorf("%+v %v", list, err)
		}
		_, found := other.TokenByDigest(t.Context(), k.Digest)
		for what, err := range map[string]error{
			"found": found, "used": other.TokenUsed(t.Context(), k.ID, noon()), "revoked": other.RevokeToken(t.Context(), k.ID, noon()),
		} {
			if !errors.Is(err, store.ErrNoToken) {
				t.Errorf("%s by another organisation: %v", what, err)
			}
		}
		if got, err := s.TokenByDigest(t.Context(), k.Digest); got != k || err != nil {
			t.Errorf("%+v %v", got, err)
		}
	})
}
