package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/envelope"
)

// person is the i-th applicant's invite, whose reference and name stand nowhere else.
func person(i int) store.Coded {
	inv := under(envelope.Digest(fmt.Appendf(nil, "invite %d", i))[:32], 5)
	inv.Applicant, inv.Name = fmt.Sprintf("Ref-%06d", i), fmt.Sprintf("Person-%06d", i)
	return store.Coded{Invite: inv, Code: envelope.Digest(fmt.Appendf(nil, "code %d", i)), Sealed: fmt.Appendf(nil, "sealed for Ref-%06d", i)}
}

// sent takes a report in under an invite, signed with the name.
func (c *clerk) sent(t *testing.T, inv store.Invite, at time.Time) store.Report {
	t.Helper()
	r := made(t, inv.ID)
	r.Invite, r.Signature = inv, inv.Name
	if _, err := c.store.TakeIn(t.Context(), r, at, c); err != nil {
		t.Fatal(err)
	}
	return r
}

func put(t *testing.T, s *store.Tenant, list ...store.Coded) {
	t.Helper()
	if err := s.PutInvites(t.Context(), list); err != nil {
		t.Fatal(err)
	}
}

// found are the digests of all reports that a search finds.
func found(t *testing.T, s *store.Tenant, search string) (list []string) {
	t.Helper()
	p, err := s.List(t.Context(), store.Query{Search: search})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range p.Rows {
		list = append(list, r.Digest)
	}
	return list
}

// stranger is another organisation in the same database.
func stranger(t *testing.T, s *store.Tenant) *clerk {
	t.Helper()
	other, err := s.Store.Tenant(t.Context(), "ffffffffffffffff")
	if err != nil {
		t.Fatal(err)
	}
	return &clerk{store: other, key: newKey(t)}
}

// All that names an applicant goes, and nothing of anybody else's.
func TestEraseApplicant(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		c := newClerkOf(t, open)
		s, other := c.store, stranger(t, c.store)
		mine, again, ended, theirs := person(1), person(2), person(3), person(4)
		again.Applicant, again.Name = mine.Applicant, mine.Name
		ended.Applicant, ended.Ends = mine.Applicant, noon().Add(-time.Minute)
		put(t, s, mine, again, ended, theirs)
		put(t, other.store, mine)
		kept := c.sent(t, theirs.Invite, noon())
		elsewhere := other.sent(t, mine.Invite, noon())
		one, two := c.sent(t, mine.Invite, noon()), c.sent(t, again.Invite, noon())
		if err := s.Decide(t.Context(), two.Digest, store.Decided{Time: noon(), Person: "anna", Kind: store.Repeat, Note: "about Ref-000001"}); err != nil {
			t.Fatal(err)
		}
		if n, err := s.EraseApplicant(t.Context(), "Ref-000001", "anna", noon()); n != 2 || err != nil {
			t.Fatalf("%d %v", n, err)
		}
		for _, r := range []store.Report{one, two} {
			if _, err := s.Report(t.Context(), r.Digest); !errors.Is(err, store.ErrUnknown) {
				t.Errorf("a report is there: %v", err)
			}
			if _, err := s.TakeIn(t.Context(), r, noon(), c); !errors.Is(err, store.ErrRevoked) && !errors.Is(err, store.ErrErased) {
				t.Errorf("an erased report comes again: %v", err)
			}
		}
		for _, inv := range []store.Coded{mine, again, ended} {
			want := inv.Invite
			want.Applicant, want.Name, want.Revoked = "", "", noon()
			if inv.ID != ended.ID {
				want.Reported = noon()
			}
			got, err := s.InviteByID(t.Context(), inv.ID)
			if d := cmp.Diff(want, got); d != "" || err != nil {
				t.Errorf("%v %s", err, d)
			}
			if _, err := s.InviteOf(t.Context(), inv.Code); !errors.Is(err, store.ErrNoInvite) {
				t.Errorf("its code: %v", err)
			}
		}
		late := made(t, ended.ID)
		late.Invite = ended.Invite
		if _, err := s.TakeIn(t.Context(), late, noon(), c); !errors.Is(err, store.ErrRevoked) {
			t.Errorf("a late report under their invite that has ended: %v", err)
		}
		if _, err := s.StartRun(t.Context(), mine.Invite, "new", noon()); !errors.Is(err, store.ErrRevoked) {
			t.Errorf("a run under their invite: %v", err)
		}
		acts, err := s.Trail(t.Context(), 0, 9)
		want := []store.Act{{ID: acts[0].ID, Time: noon(), Who: "anna", What: "applicant.erased", Detail: "2 reports, 3 invites"}}
		if d := cmp.Diff(want, acts); d != "" || err != nil {
			t.Errorf("%v %s", err, d)
		}
		for search, want := range map[string][]string{"Ref-000001": nil, "Person-000001": nil, "Ref-000004": {kept.Digest}, "Person-000004": {kept.Digest}, "": {kept.Digest}} {
			if d := cmp.Diff(want, found(t, s, search)); d != "" {
				t.Errorf("search %q: %s", search, d)
			}
		}
		if d := cmp.Diff([]string{elsewhere.Digest}, found(t, other.store, "Ref-000001")); d != "" {
			t.Errorf("another organisation's: %s", d)
		}
		if inv, err := other.store.InviteOf(t.Context(), mine.Code); err != nil || inv.Applicant != mine.Applicant || !inv.Revoked.IsZero() {
			t.Errorf("another organisation's invite: %+v %v", inv, err)
		}
		if a := auditOf(t, s); len(a.Faults) != 0 || a.Erased != 2 || a.Reports != 1 {
			t.Errorf("%+v", a)
		}
		for _, nobody := range []string{"Ref-000001", "", "ref-000004", "Ref-00000", "%"} {
			if n, err := s.EraseApplicant(t.Context(), nobody, "anna", noon()); n != 0 || !errors.Is(err, store.ErrUnknown) {
				t.Errorf("%q: %d %v", nobody, n, err)
			}
		}
	})
}

// What webhooks were to be told of an erased report is not told any more; that it was erased is.
func TestErasedIsToldAndNothingElse(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		c := newClerkOf(t, open)
		r := c.sent(t, person(1).Invite, noon())
		id, err := c.store.AddHook(t.Context(), store.Hook{URL: "https://ats.example", Secret: "s", Events: []string{"report.received", "report.erased"}, Created: noon()})
		if err != nil {
			t.Fatal(err)
		}
		for i, what := range []string{"report.received", "report.erased"} {
			e := store.Event{ID: fmt.Sprint(i), Type: what, Subject: r.Digest, Body: []byte(what), Made: noon()}
			if n, err := c.store.Announce(t.Context(), e); n != 1 || err != nil {
				t.Fatal(n, err)
			}
		}
		if _, err := c.store.EraseApplicant(t.Context(), "Ref-000001", "anna", noon()); err != nil {
			t.Fatal(err)
		}
		list, err := c.store.Deliveries(t.Context(), id, 9)
		if err != nil || len(list) != 1 || list[0].Type != "report.erased" {
			t.Errorf("%+v %v", list, err)
		}
	})
}

// No byte of who was erased is left in any of SQLite's files.
func TestNoByteOfAnApplicantIsLeft(t *testing.T) {
	dir := t.TempDir()
	c := newClerk(t, dir)
	const all, every = 100, 20
	for i := range all {
		p := person(i)
		put(t, c.store, p)
		r := made(t, p.ID)
		r.Invite, r.Signature, r.Machine = p.Invite, "Mary "+p.Name, fmt.Sprintf("machine-%06d", i)
		r.Bundle = fmt.Appendf(r.Bundle, " of %s", p.Applicant)
		if _, err := c.store.TakeIn(t.Context(), r, noon(), c); err != nil {
			t.Fatal(err)
		}
		if err := c.store.Decide(t.Context(), r.Digest, store.Decided{Time: noon(), Person: "anna", Kind: store.Accepted, Note: "call " + p.Name}); err != nil {
			t.Fatal(err)
		}
	}
	traces := func(i int) []string {
		p := person(i)
		return []string{p.Applicant, strings.ToLower(p.Applicant), p.Name, strings.ToLower(p.Name), p.Code, fmt.Sprintf("machine-%06d", i)}
	}
	for i := 0; i < all; i += every {
		for _, s := range traces(i) {
			if !contains(t, dir, []byte(s)) {
				t.Fatalf("%s is not there to begin with: the test looks in the wrong place", s)
			}
		}
		if n, err := c.store.EraseApplicant(t.Context(), person(i).Applicant, "anna", noon()); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	for i := range all {
		for _, s := range traces(i) {
			if gone := i%every == 0; contains(t, dir, []byte(s)) == gone {
				t.Errorf("%s: gone %v", s, !gone)
			}
		}
	}
}

// A long reader, as a backup is, holds nobody up who erases or sends; what is left of what was erased goes afterwards.
func TestErasedWhileSomebodyReads(t *testing.T) {
	dir := t.TempDir()
	c := newClerk(t, dir)
	r, other := c.sent(t, person(1).Invite, noon()), c.sent(t, person(2).Invite, noon())
	reader, err := raw(t, "sqlite", dir+"/linecheck.db").Begin()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reader.QueryRow(`SELECT count(*) FROM reports`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if n, err := c.store.EraseApplicant(t.Context(), "Ref-000001", "anna", noon()); n != 1 || !errors.Is(err, store.ErrHeld) {
		t.Errorf("%d %v", n, err)
	}
	if _, err := c.store.Report(t.Context(), r.Digest); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("it is there: %v", err)
	}
	c.sent(t, person(3).Invite, noon())
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("took %v", took)
	}
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := c.store.Erase(t.Context(), other.Digest, noon()); err != nil || contains(t, dir, []byte("Ref-000001")) {
		t.Errorf("it is left (%v)", err)
	}
}

// What is older goes in portions, the oldest first; what is not stays.
func TestEraseBefore(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		c := newClerkOf(t, open)
		s, other := c.store, stranger(t, c.store)
		day := func(n int) time.Time { return noon().AddDate(0, 0, n) }
		var invites []store.Coded
		for i := range 10 { // the i-th counts from day i to the day after, when its report comes
			p := person(i)
			p.Issued, p.Ends = day(i), day(i+1)
			invites = append(invites, p)
		}
		put(t, s, invites...)
		put(t, other.store, invites...)
		for i := range 8 { // the last two send none
			c.sent(t, invites[i].Invite, day(i+1).Add(time.Minute))
			other.sent(t, invites[i].Invite, day(i+1))
		}
		// The invite of the report that came on day 6 had ended, and stays with it.
		for i, want := range []struct{ erased, oldest int }{{3, 4}, {3, 6}, {3, 6}, {1, 6}, {0, 6}} {
			if n, err := s.EraseBefore(t.Context(), day(6), 3, "retention", noon()); n != want.erased || err != nil {
				t.Fatalf("portion %d: %d %v", i, n, err)
			}
			if p, err := s.List(t.Context(), store.Query{Sort: store.Oldest, Limit: 1}); err != nil || p.Rows[0].Received != day(want.oldest).Add(time.Minute) {
				t.Errorf("portion %d: the oldest left is of %v (%v)", i, p.Rows[0].Received, err)
			}
		}
		p, err := s.List(t.Context(), store.Query{Sort: store.Oldest})
		if err != nil || len(p.Rows) != 3 || p.Rows[0].Received != day(6).Add(time.Minute) || p.Rows[0].Name == "" {
			t.Errorf("%+v %v", p.Rows, err)
		}
		for i, inv := range invites {
			_, err1 := s.InviteByID(t.Context(), inv.ID)
			_, err2 := s.InviteOf(t.Context(), inv.Code)
			if gone := errors.Is(err1, store.ErrNoInvite) && errors.Is(err2, store.ErrNoInvite); gone != (i < 5) {
				t.Errorf("invite %d: %v, its code: %v", i, err1, err2)
			}
		}
		acts, err := s.Trail(t.Context(), 0, 9)
		if err != nil || len(acts) != 4 || acts[0].What != "retention.erased" || acts[0].Who != "retention" || acts[3].Detail != "3 reports, 0 invites" || acts[2].Detail != "2 reports, 1 invites" {
			t.Errorf("%+v %v", acts, err)
		}
		if n, err := other.store.Reports(t.Context()); n != 8 || err != nil {
			t.Errorf("another organisation has %d reports (%v)", n, err)
		}
		if a := auditOf(t, s); len(a.Faults) != 0 || a.Erased != 5 || a.Reports != 3 {
			t.Errorf("%+v", a)
		}
	})
}

// Several servers may erase at once while reports come in: everything goes once, and nothing else.
func TestManyEraseBefore(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		c := newClerkOf(t, open)
		for i := range 60 {
			c.sent(t, person(i).Invite, noon())
		}
		var wait sync.WaitGroup
		var sum atomic.Int64
		later := noon().AddDate(0, 1, 0)
		for _, s := range []*store.Tenant{c.store, c.store, open(), open()} {
			wait.Go(func() {
				for {
					n, err := s.EraseBefore(context.Background(), noon().AddDate(0, 0, 1), 7, "retention", later)
					if err != nil && !errors.Is(err, store.ErrHeld) {
						t.Error(err)
						return
					}
					if sum.Add(int64(n)); n == 0 {
						return
					}
				}
			})
		}
		for i := range 4 {
			wait.Go(func() {
				for k := range 10 {
					r := made(t, "i")
					r.Invite.ID = fmt.Sprint("late ", i, k)
					r.Invite.Ends = later
					if _, err := c.store.TakeIn(context.Background(), r, later, c); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		if a := auditOf(t, c.store); len(a.Faults) != 0 || a.Erased != 60 || a.Reports != 40 || sum.Load() != 120 {
			t.Errorf("%d erased: %+v", sum.Load(), a)
		}
	})
}
