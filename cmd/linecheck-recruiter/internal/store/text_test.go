package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// odd are texts that a report or an invite may hold and no database likes.
func odd() map[string]string {
	draw := rand.New(rand.NewPCG(3, 3))
	long := make([]rune, 10_000) // what no database packs
	for i := range long {
		long[i] = rune(0x4e00 + draw.IntN(0x5000))
	}
	return map[string]string{
		"nothing": "", "NUL": "a\x00b", "not UTF-8": "M\xe4rz \xff", "half a character": "\xe2\x82", "marks alone": "\u0301\u0308", "the last character": "x\U0010ffff\U0010ffff",
		"only the last": "\U0010ffff", "10 kB": string(long), "10 kB and another end": string(long) + "x", "100 kB": strings.Repeat("a", 100_000), "spaces": " \u00a0\u2003 ", "a line": "a\nb",
	}
}

// What an authentic report holds never keeps it from being stored, found and erased, nor makes it another's.
func TestOddTexts(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		c := newClerkOf(t, open)
		n := 0
		for what, text := range odd() {
			n++
			inv := under(fmt.Sprintf("%032d", n), 1)
			inv.Applicant, inv.Name, inv.Role, inv.Region, inv.Language = text, text, text, text, text
			r := made(t, inv.ID)
			r.Invite, r.Machine, r.Signature = inv, text, text
			if _, err := c.store.StartRun(t.Context(), inv, r.Session, noon()); err != nil {
				t.Errorf("%s: %v", what, err)
			}
			if _, err := c.store.TakeIn(t.Context(), r, noon(), c); err != nil {
				t.Errorf("%s: %v", what, err)
			}
			if err := c.store.Decide(t.Context(), r.Digest, store.Decided{Time: noon(), Person: "p", Kind: store.Waived, Note: text}); err != nil {
				t.Errorf("%s: %v", what, err)
			}
			if err := c.store.Note(t.Context(), store.Act{Time: noon(), Who: text, What: "x", Subject: text, Detail: text}); err != nil {
				t.Errorf("%s: %v", what, err)
			}
			history, err1 := c.store.History(t.Context(), text)
			machine, err2 := c.store.SameMachine(t.Context(), text)
			if err := errors.Join(err1, err2); err != nil || len(history) != 1 || history[0].Digest != r.Digest || len(machine) != min(1, len(text)) {
				t.Errorf("%s: %d and %d, %v", what, len(history), len(machine), err)
			}
			if list, _, err := c.store.Invites(t.Context(), "", text, "", 100, noon()); err != nil || len(list) == 0 {
				t.Errorf("%s: %d invites, %v", what, len(list), err)
			}
		}
		for what, text := range odd() {
			want := 1
			if text == "" {
				want = 0
			}
			if got, err := c.store.EraseApplicant(t.Context(), text, "w", noon()); got != want || errors.Is(err, store.ErrUnknown) != (want == 0) {
				t.Errorf("%s: %d erased, %v", what, got, err)
			}
		}
		if a := auditOf(t, c.store); len(a.Faults) != 0 || a.Reports != 1 {
			t.Errorf("%+v", a)
		}
	})
}

// A search of nothing asks for nothing; one with odd signs finds what has them.
func TestOddSearches(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		c := newClerkOf(t, open)
		for i, applicant := range []string{"a\U0010ffffb", "a\U0010ffff", "b"} {
			inv := under(fmt.Sprint("i", i), 1)
			inv.Applicant, inv.Name = applicant, applicant+" name"
			put(t, c.store, store.Coded{Invite: inv, Code: fmt.Sprint(i), Sealed: []byte("s")})
			c.sent(t, inv, noon())
		}
		for search, want := range map[string]int{"": 3, " ": 3, "\u0301": 3, "a": 2, "a\U0010ffff": 2, "a\U0010ffffb": 1, "\U0010ffff": 0, "\x00": 3, "\xff": 0, "b\x00": 1, strings.Repeat("b", 10_000): 0} {
			if got := found(t, c.store, search); len(got) != want {
				t.Errorf("%.20q finds %d, want %d", search, len(got), want)
			}
		}
		for prefix, want := range map[string]int{"": 3, "a": 2, "a\U0010ffff": 2, "b": 1, "\x00": 0, "\xff": 0, "\U0010ffff": 0} {
			if list, _, err := c.store.Invites(t.Context(), "", prefix, "", 10, noon()); err != nil || len(list) != want {
				t.Errorf("%q: %d invites, want %d (%v)", prefix, len(list), want, err)
			}
		}
	})
}

// What stands in an address is nothing's id, and no trouble.
func TestOddIds(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		for _, id := range []string{"", "\x00", "\xff", strings.Repeat("a", 100_000)} {
			_, err1 := s.Report(t.Context(), id)
			err2 := s.Decide(t.Context(), id, store.Decided{})
			err3 := s.Erase(t.Context(), id, noon())
			_, err4 := s.InviteByID(t.Context(), id)
			err5 := s.Revoke(t.Context(), id, noon())
			_, err6 := s.PolicyOf(t.Context(), id)
			for i, want := range []struct{ got, want error }{
				{err1, store.ErrUnknown}, {err2, store.ErrUnknown}, {err3, store.ErrUnknown}, {err4, store.ErrNoInvite}, {err5, store.ErrNoInvite}, {err6, store.ErrNoPolicy},
			} {
				if !errors.Is(want.got, want.want) {
					t.Errorf("%.10q, %d: %v, want %v", id, i+1, want.got, want.want)
				}
			}
			if _, _, err := s.Invites(t.Context(), "", "", "1."+id, 10, time.Now()); err != nil {
				t.Errorf("%.10q: %v", id, err)
			}
		}
		for _, after := range []string{"ff.1", "00.1"} {
			put(t, s, store.Coded{Invite: under(after, 1), Code: after, Sealed: []byte("s")})
			if _, err := s.TakeIn(t.Context(), store.Report{Digest: name(after), Invite: under(after, 1), Session: after, Bundle: []byte("b")}, noon(), stamp{}); err != nil {
				t.Fatal(err)
			}
			if _, err := s.List(t.Context(), store.Query{Sort: store.ByApplicant, After: after}); !errors.Is(err, store.ErrPlace) {
				t.Errorf("%s: %v", after, err)
			}
		}
	})
}
