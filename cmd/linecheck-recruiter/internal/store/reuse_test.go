package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// of is an invite of an applicant.
func of(applicant, id string) store.Invite {
	inv := under(id, 5)
	inv.Applicant = applicant
	return inv
}

func coded(list ...store.Invite) (out []store.Coded) {
	for _, inv := range list {
		out = append(out, store.Coded{Invite: inv, Code: "code of " + inv.ID, Sealed: []byte("sealed")})
	}
	return out
}

// A report serves under another invite of its applicant, which is reported thereby; the last one named counts.
func TestReuse(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		revoked, over := of("A", "revoked"), of("A", "over")
		revoked.Revoked, over.Ends = noon(), noon().Add(-time.Minute)
		if err := s.PutInvites(t.Context(), coded(of("A", "first"), of("A", "second"), of("B", "stranger"), of("", "nameless"), revoked, over)); err != nil {
			t.Fatal(err)
		}
		for n, r := range []store.Report{{Digest: name("d"), Session: "1"}, {Digest: name("e"), Session: "2"}, {Digest: name("n"), Session: "3", Invite: of("", "nameless")}} {
			if r.Invite.ID == "" {
				r.Invite = of("A", "first")
			}
			r.Bundle = []byte("b")
			if _, err := s.TakeIn(t.Context(), r, noon().Add(time.Duration(n)*time.Second), stamp{}); err != nil {
				t.Fatal(err)
			}
		}
		for what, c := range map[string]struct{ invite, digest string }{
			"its own invite": {"first", name("d")}, "another applicant's": {"stranger", name("d")}, "no such invite": {"x", name("d")}, "no such report": {"second", name("x")},
			"revoked": {"revoked", name("d")}, "over": {"over", name("d")}, "a forgotten applicant's": {"nameless", name("n")},
		} {
			if err := s.Reuse(t.Context(), c.invite, c.digest, noon()); !errors.Is(err, store.ErrReuse) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, _, err := s.Reused(t.Context(), "second"); !errors.Is(err, store.ErrUnknown) {
			t.Error(err)
		}
		for n, digest := range []string{name("d"), name("e"), name("e")} {
			now := noon().Add(time.Duration(n) * time.Minute)
			if err := s.Reuse(t.Context(), "second", digest, now); err != nil {
				t.Fatal(err)
			}
			if r, since, err := open().Reused(t.Context(), "second"); err != nil || r.Digest != digest || r.Invite != "first" || !since.Equal(now) {
				t.Errorf("%+v %v %v", r, since, err)
			}
		}
		if inv, err := s.InviteByID(t.Context(), "second"); err != nil || !inv.Reported.Equal(noon()) || inv.State(noon()) != store.Reported {
			t.Errorf("%+v %v", inv, err)
		}
		for digest, want := range map[string][]string{name("d"): nil, name("e"): {"second"}, name("x"): nil} {
			if got, err := s.Serving(t.Context(), digest); err != nil || !slices.Equal(got, want) {
				t.Errorf("%v %v", got, err)
			}
		}
		if n, err := s.RunsUsed(t.Context(), "first"); n != 2 || err != nil {
			t.Errorf("%d runs, %v", n, err)
		}
	})
}

// What was erased serves nowhere, and another organisation sees nothing of it.
func TestReuseEndsWithTheReport(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		if err := s.PutInvites(t.Context(), coded(of("A", "first"), of("A", "second"))); err != nil {
			t.Fatal(err)
		}
		if _, err := s.TakeIn(t.Context(), store.Report{Digest: name("d"), Session: "1", Invite: of("A", "first"), Bundle: []byte("b")}, noon(), stamp{}); err != nil {
			t.Fatal(err)
		}
		other, err := s.Store.Tenant(t.Context(), "fedcba9876543210")
		if err != nil {
			t.Fatal(err)
		}
		if err := other.PutInvites(t.Context(), coded(of("A", "second"))); err != nil {
			t.Fatal(err)
		}
		if err := other.Reuse(t.Context(), "second", name("d"), noon()); !errors.Is(err, store.ErrReuse) {
			t.Errorf("another organisation's report: %v", err)
		}
		if err := s.Reuse(t.Context(), "second", name("d"), noon()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := other.Reused(t.Context(), "second"); !errors.Is(err, store.ErrUnknown) {
			t.Errorf("another organisation sees it: %v", err)
		}
		if list, err := other.Serving(t.Context(), name("d")); len(list) != 0 || err != nil {
			t.Error(list, err)
		}
		if n, err := other.RunsUsed(t.Context(), "first"); n != 0 || err != nil {
			t.Error(n, err)
		}
		if err := s.Erase(t.Context(), name("d"), noon()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Reused(t.Context(), "second"); !errors.Is(err, store.ErrUnknown) {
			t.Errorf("an erased report serves: %v", err)
		}
		if err := s.Reuse(t.Context(), "second", name("d"), noon()); !errors.Is(err, store.ErrReuse) {
			t.Errorf("an erased report is named: %v", err)
		}
	})
}
