package store_test

import (
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// seen is what a visit holds at a time; empty where there is none.
func seen(t *testing.T, s *store.Tenant, token string, now time.Time) string {
	t.Helper()
	data, ok, err := s.Visit(t.Context(), token, now)
	if err != nil || ok != (len(data) > 0) {
		t.Fatalf("%q %v %v", data, ok, err)
	}
	return string(data)
}

func save(t *testing.T, s *store.Tenant, token, data string, expires, now time.Time) {
	t.Helper()
	if err := s.SaveVisit(t.Context(), token, []byte(data), expires, now); err != nil {
		t.Fatal(err)
	}
}

func TestVisits(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s, soon := open(), noon().Add(time.Hour)
		save(t, s, "a", "one", soon, noon())
		if got := seen(t, open(), "a", noon()); got != "one" {
			t.Errorf("%q", got)
		}
		save(t, s, "a", "two", soon, noon())
		if got := seen(t, s, "a", soon.Add(-time.Millisecond)); got != "two" {
			t.Errorf("%q", got)
		}
		if got := seen(t, s, "a", soon) + seen(t, s, "b", noon()) + seen(t, another(t, s), "a", noon()); got != "" {
			t.Errorf("expired, unknown or another organisation's: %q", got)
		}
		// An end that moves is kept, but for one that hardly moves.
		save(t, s, "a", "two", soon.Add(time.Second), noon())
		if got := seen(t, s, "a", soon); got != "" {
			t.Errorf("written for a second: %q", got)
		}
		save(t, s, "a", "two", soon.Add(2*time.Minute), noon())
		if got := seen(t, s, "a", soon); got != "two" {
			t.Errorf("%q", got)
		}
		if err := s.EndVisit(t.Context(), "unknown"); err != nil {
			t.Error(err)
		}
	})
}

// What still runs when a visit is ended does not bring it back.
func TestAnEndedVisitStaysEnded(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s, soon := open(), noon().Add(time.Hour)
		save(t, s, "a", "one", soon, noon())
		if err := another(t, s).EndVisit(t.Context(), "a"); err != nil || seen(t, s, "a", noon()) == "" {
			t.Errorf("another organisation ended it: %v", err)
		}
		if err := s.EndVisit(t.Context(), "a"); err != nil || seen(t, s, "a", noon()) != "" {
			t.Errorf("it goes on: %v", err)
		}
		save(t, s, "a", "two", soon.Add(time.Hour), noon())
		if got := seen(t, s, "a", noon()); got != "" {
			t.Errorf("it is back: %q", got)
		}
	})
}

// Visits that have expired are forgotten: their rows are gone.
func TestExpiredVisitsAreForgotten(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	other := another(t, s)
	save(t, s, "a", "one", noon().Add(time.Minute), noon())
	save(t, other, "a", "one", noon().Add(time.Minute), noon())
	save(t, s, "b", "one", noon().Add(time.Hour), noon().Add(time.Minute))
	for token, want := range map[string]string{"a": "", "b": "one"} {
		if got := seen(t, s, token, noon()); got != want {
			t.Errorf("%s: %q", token, got)
		}
	}
	if got := seen(t, other, "a", noon()); got != "one" {
		t.Errorf("another organisation's was forgotten too: %q", got)
	}
}
