package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// hooksOfAnother is another organisation in the same database.
func hooksOfAnother(t *testing.T, s *store.Tenant) *store.Tenant {
	t.Helper()
	other, err := s.Tenant(t.Context(), "fedcba9876543210")
	if err != nil {
		t.Fatal(err)
	}
	return other
}

func addHook(t *testing.T, s *store.Tenant, events ...string) int64 {
	t.Helper()
	id, err := s.AddHook(t.Context(), store.Hook{URL: "https://ats.example/in", Secret: "whsec_b25l", Events: events, Created: noon()})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// hookEvent is an event of that id, about a report of that name.
func hookEvent(id, kind, subject string) store.Event {
	return store.Event{ID: id, Type: kind, Subject: name(subject), Body: []byte(`{"id":"` + id + `"}`), Made: noon()}
}

func announce(t *testing.T, s *store.Tenant, e store.Event, want int) {
	t.Helper()
	if n, err := s.Announce(t.Context(), e); n != want || err != nil {
		t.Fatalf("%s was announced to %d (%v), want %d", e.ID, n, err, want)
	}
}

func TestHooks(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		one, two := addHook(t, s, "a", "b"), addHook(t, s, "b")
		if err := s.RotateHook(t.Context(), one, "whsec_dHdv", noon().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := s.DisableHook(t.Context(), two, "off", noon()); err != nil {
			t.Fatal(err)
		}
		if err := s.DisableHook(t.Context(), two, "off", noon().Add(time.Hour)); err != nil { // since when stays
			t.Fatal(err)
		}
		want := []store.Hook{
			{ID: one, URL: "https://ats.example/in", Secret: "whsec_dHdv", Former: "whsec_b25l", Changed: noon().Add(time.Hour), Events: []string{"a", "b"}, Created: noon()},
			{ID: two, URL: "https://ats.example/in", Secret: "whsec_b25l", Events: []string{"b"}, Disabled: noon(), Created: noon()},
		}
		got, err := open().Hooks(t.Context())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		if err := s.EnableHook(t.Context(), two); err != nil {
			t.Fatal(err)
		}
		if h, err := s.Hook(t.Context(), two); !h.Disabled.IsZero() || err != nil {
			t.Errorf("%+v %v", h, err)
		}
		if err := s.RemoveHook(t.Context(), one); err != nil {
			t.Fatal(err)
		}
		for what, err := range map[string]error{
			"remove": s.RemoveHook(t.Context(), one), "rotate": s.RotateHook(t.Context(), one, "x", noon()),
			"disable": s.DisableHook(t.Context(), one, "", noon()), "enable": s.EnableHook(t.Context(), one),
		} {
			if !errors.Is(err, store.ErrNoHook) {
				t.Errorf("%s one that is gone: %v", what, err)
			}
		}
		if _, err := s.ClaimNew(t.Context(), hookEvent("e", "a", "d"), one, noon()); !errors.Is(err, store.ErrNoHook) {
			t.Errorf("a delivery to one that is gone: %v", err)
		}
	})
}

func TestHooksOfAnotherTenant(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		other := hooksOfAnother(t, s)
		id := addHook(t, s, "a")
		announce(t, s, hookEvent("e", "a", "d"), 1)
		announce(t, other, hookEvent("f", "a", "d"), 0)
		if list, err := other.Hooks(t.Context()); len(list) != 0 || err != nil {
			t.Errorf("%v %v", list, err)
		}
		if _, err := other.Hook(t.Context(), id); !errors.Is(err, store.ErrNoHook) {
			t.Error(err)
		}
		for what, err := range map[string]error{
			"remove": other.RemoveHook(t.Context(), id), "rotate": other.RotateHook(t.Context(), id, "x", noon()),
			"disable": other.DisableHook(t.Context(), id, "", noon()), "enable": other.EnableHook(t.Context(), id),
		} {
			if !errors.Is(err, store.ErrNoHook) {
				t.Errorf("%s another's: %v", what, err)
			}
		}
		if _, err := other.ClaimNew(t.Context(), hookEvent("g", "a", "d"), id, noon()); !errors.Is(err, store.ErrNoHook) {
			t.Error(err)
		}
		if list, err := other.Deliveries(t.Context(), id, 10); len(list) != 0 || err != nil {
			t.Errorf("%v %v", list, err)
		}
		if c, next, err := other.Claim(t.Context(), noon(), noon().Add(time.Minute), nil); c != nil || !next.IsZero() || err != nil {
			t.Errorf("%v %v %v", c, next, err)
		}
		c, _, err := s.Claim(t.Context(), noon(), noon().Add(time.Minute), nil)
		if err != nil || c == nil {
			t.Fatal(c, err)
		}
		taken := c.Delivery
		taken.State = store.Done
		if err := other.Settle(t.Context(), taken); err != nil {
			t.Error(err)
		}
		if err := other.DropDeliveries(t.Context(), noon().Add(time.Hour)); err != nil {
			t.Error(err)
		}
		if list, err := s.Deliveries(t.Context(), id, 10); len(list) != 1 || list[0].State != store.Waiting || err != nil {
			t.Errorf("another has changed it: %+v %v", list, err)
		}
	})
}

// An event goes to those that are on and told of its type, once however often it is announced.
func TestAnnounce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		announce(t, s, hookEvent("e0", "a", "d"), 0)
		a, b, off := addHook(t, s, "a", "c"), addHook(t, s, "b", "c"), addHook(t, s, "a", "b", "c")
		if err := s.DisableHook(t.Context(), off, "", noon()); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			announce(t, s, hookEvent("e1", "a", "d"), 1)
			announce(t, s, hookEvent("e2", "c", "d"), 2)
		}
		announce(t, s, hookEvent("e3", "none", "d"), 0)
		got := func(hook int64) (ids []string) {
			list, err := s.Deliveries(t.Context(), hook, 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range list {
				ids = append(ids, d.ID)
			}
			return ids
		}
		if diff := cmp.Diff([][]string{{"e2", "e1"}, {"e2"}, nil}, [][]string{got(a), got(b), got(off)}); diff != "" {
			t.Error(diff)
		}
		d, err := open().Deliveries(t.Context(), b, 1)
		if want := (store.Delivery{Event: hookEvent("e2", "c", "d"), Hook: b, Next: noon(), State: store.Waiting}); err != nil || !cmp.Equal(d[0], want) {
			t.Errorf("%v %s", err, cmp.Diff(want, d[0]))
		}
	})
}

// Hooks that are removed while events come leave nothing behind, and nothing fails.
func TestAnnounceWhileHooksGo(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		var wait sync.WaitGroup
		for i := range 4 {
			wait.Go(func() {
				for n := range 25 {
					if _, err := s.Announce(t.Context(), hookEvent(fmt.Sprint(i, "-", n), "a", "d")); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Go(func() {
			for range 25 {
				id, err := s.AddHook(t.Context(), store.Hook{Events: []string{"a"}, Created: noon()})
				if err != nil {
					t.Error(err)
				}
				if err := s.RemoveHook(t.Context(), id); err != nil {
					t.Error(err)
				}
				if list, err := s.Deliveries(t.Context(), id, 1); len(list) != 0 || err != nil {
					t.Errorf("left behind: %v %v", list, err)
				}
			}
		})
		wait.Wait()
	})
}

// A secret or an answer may hold anything; what stands in the database is read back as it was.
func TestHooksKeepOddTexts(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		url := "https://ats.example/'; DROP TABLE hooks; --?" + strings.Repeat("ü", 1000)
		id, err := s.AddHook(t.Context(), store.Hook{URL: url, Secret: "'\"", Events: []string{"a"}})
		if err != nil {
			t.Fatal(err)
		}
		if h, err := s.Hook(t.Context(), id); h.URL != url || h.Secret != "'\"" || err != nil {
			t.Errorf("%+v %v", h, err)
		}
	})
}
