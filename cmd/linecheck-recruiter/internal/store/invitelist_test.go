package store_test

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// Every state is told right and asked for right, page by page.
func TestInviteStates(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		now := noon().Add(30 * time.Minute)
		want := map[store.InviteState]int{}
		var list []store.Coded
		for i := range 60 {
			inv := under(fmt.Sprintf("%02d", i), 1)
			inv.Issued = noon().Add(time.Duration(i/3) * time.Second)
			state := store.InviteStates()[i%6]
			switch state {
			case store.Expired:
				inv.Ends, inv.Opened = now.Add(-time.Second), noon()
			case store.Revoked:
				inv.Revoked, inv.Reported = noon(), noon()
			case store.Reported:
				inv.Reported, inv.Opened, inv.Ends = noon(), noon(), now.Add(-time.Second)
			case store.Running:
				inv.Running, inv.Opened = noon(), noon()
			case store.Opened:
				inv.Opened = noon()
			}
			if inv.State(now) != state {
				t.Fatalf("%s is told as %s", state, inv.State(now))
			}
			want[state]++
			want[""]++
			list = append(list, store.Coded{Invite: inv, Code: fmt.Sprint("code", i), Sealed: []byte("sealed")})
		}
		if err := s.PutInvites(t.Context(), list); err != nil {
			t.Fatal(err)
		}
		for state, n := range want {
			var got []string
			for after := ""; ; {
				page, next, err := s.Invites(t.Context(), state, "", after, 7, now)
				if err != nil {
					t.Fatal(err)
				}
				for _, inv := range page {
					got = append(got, inv.ID)
					if state != "" && inv.State(now) != state {
						t.Errorf("%s is listed as %s", inv.State(now), state)
					}
				}
				if after = next; next == "" {
					break
				}
			}
			if len(got) != n || !slices.IsSortedFunc(got, func(a, b string) int { return strings.Compare(b, a) }) {
				t.Errorf("%q: %v, want %d, the newest first", state, got, n)
			}
		}
		if page, _, err := s.Invites(t.Context(), "", "A-0", "", 100, now); err != nil || len(page) != 10 {
			t.Errorf("by reference: %d (%v)", len(page), err)
		}
		if _, _, err := s.Invites(t.Context(), "", "", "x", 10, now); !errors.Is(err, store.ErrPlace) {
			t.Errorf("%v", err)
		}
	})
}

// A code finds its invite; another one takes its place; what is revoked stays revoked from the first time on.
func TestCodes(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		if err := s.PutInvites(t.Context(), []store.Coded{{Invite: under("i", 2), Code: "one", Sealed: []byte("sealed")}}); err != nil {
			t.Fatal(err)
		}
		if c, err := s.InviteOf(t.Context(), "one"); err != nil || string(c.Sealed) != "sealed" || c.ID != "i" {
			t.Errorf("%+v %v", c, err)
		}
		if err := s.Recode(t.Context(), "i", "two"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.InviteOf(t.Context(), "one"); !errors.Is(err, store.ErrNoInvite) {
			t.Errorf("the old code: %v", err)
		}
		if c, err := s.InviteOf(t.Context(), "two"); err != nil || c.ID != "i" {
			t.Errorf("the new code: %v", err)
		}
		if has, err := s.HasCode(t.Context(), "i"); !has || err != nil {
			t.Errorf("%v %v", has, err)
		}
		// An invite that was made elsewhere has none.
		if _, err := s.StartRun(t.Context(), under("elsewhere", 2), "a", noon()); err != nil {
			t.Fatal(err)
		}
		if has, err := s.HasCode(t.Context(), "elsewhere"); has || err != nil {
			t.Errorf("%v %v", has, err)
		}
		if err := s.Recode(t.Context(), "elsewhere", "x"); !errors.Is(err, store.ErrNoInvite) {
			t.Errorf("%v", err)
		}
		for i := range 2 {
			if err := s.Revoke(t.Context(), "i", noon().Add(time.Duration(i)*time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		inv, err := s.InviteByID(t.Context(), "i")
		if err != nil || !inv.Revoked.Equal(noon()) {
			t.Errorf("%v %v", inv.Revoked, err)
		}
		if _, err := s.StartRun(t.Context(), under("i", 2), "b", noon()); !errors.Is(err, store.ErrRevoked) {
			t.Errorf("a run under a revoked invite: %v", err)
		}
		r := store.Report{Digest: name("d"), Invite: under("i", 2), Session: "b", Bundle: []byte("b")}
		if _, err := s.TakeIn(t.Context(), r, noon(), stamp{}); !errors.Is(err, store.ErrRevoked) {
			t.Errorf("a report under a revoked invite: %v", err)
		}
		if err := s.Revoke(t.Context(), "unknown", noon()); !errors.Is(err, store.ErrNoInvite) {
			t.Errorf("%v", err)
		}
	})
}

// Where the last of many cannot be made, or its id is taken, none is kept, nor any code.
func TestAllInvitesOrNone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		broken := errors.New("broken")
		many := func(last string, err error) iter.Seq2[store.Coded, error] {
			return func(yield func(store.Coded, error) bool) {
				for i := range 200 {
					if !yield(store.Coded{Invite: under(fmt.Sprint(i), 1), Code: fmt.Sprint(i), Sealed: []byte("s")}, nil) {
						return
					}
				}
				yield(store.Coded{Invite: under(last, 1), Code: last, Sealed: []byte("s")}, err)
			}
		}
		if err := s.PutInvitesFrom(t.Context(), many("last", broken)); !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
		if err := s.PutInvitesFrom(t.Context(), many("7", nil)); err == nil {
			t.Error("two of one id")
		}
		if list, _, err := s.Invites(t.Context(), "", "", "", 10, noon()); len(list) != 0 || err != nil {
			t.Errorf("%d are kept (%v)", len(list), err)
		}
		if _, err := s.InviteOf(t.Context(), "7"); !errors.Is(err, store.ErrNoInvite) {
			t.Errorf("a code is kept: %v", err)
		}
		if err := s.PutInvitesFrom(t.Context(), many("last", nil)); err != nil {
			t.Error(err)
		}
		if list, _, err := s.Invites(t.Context(), "", "", "", 300, noon()); len(list) != 201 || err != nil {
			t.Errorf("%d of 201 are kept (%v)", len(list), err)
		}
	})
}

func TestPolicies(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		for i, v := range []int{1, 3, 2} {
			p := store.Policy{Digest: fmt.Sprint("d", v), ID: "p", Version: v, Text: []byte("text"), Added: noon().Add(time.Duration(i) * time.Hour), Person: "ana"}
			for range 2 {
				if err := s.PutPolicy(t.Context(), p); err != nil {
					t.Fatal(err)
				}
			}
		}
		list, err := s.Policies(t.Context())
		if err != nil || len(list) != 3 || list[0].Version != 3 || list[2].Version != 1 {
			t.Errorf("%+v %v", list, err)
		}
		if p, err := s.PolicyOf(t.Context(), "d2"); err != nil || p.Version != 2 || string(p.Text) != "text" || p.Person != "ana" {
			t.Errorf("%+v %v", p, err)
		}
		if _, err := s.PolicyOf(t.Context(), "x"); !errors.Is(err, store.ErrNoPolicy) {
			t.Errorf("%v", err)
		}
	})
}

// What somebody did is kept in order, and read page by page.
func TestTrail(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		for i := range 5 {
			if err := s.Note(t.Context(), store.Act{Time: noon(), Who: "ana", What: "x", Subject: fmt.Sprint(i)}); err != nil {
				t.Fatal(err)
			}
		}
		first, err := s.Trail(t.Context(), 0, 3)
		if err != nil || len(first) != 3 || first[0].Subject != "4" {
			t.Fatalf("%+v %v", first, err)
		}
		if rest, err := s.Trail(t.Context(), first[2].ID, 3); err != nil || len(rest) != 2 || rest[1].Subject != "0" {
			t.Errorf("%+v %v", rest, err)
		}
	})
}
