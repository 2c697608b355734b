package retention_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/retention"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
)

func TestDays(t *testing.T) {
	for value, want := range map[string]int{"": 0, "1": 1, "90": 90, "36500": 36500} {
		if n, err := retention.Days(value); n != want || err != nil {
			t.Errorf("%q: %d %v", value, n, err)
		}
	}
	for _, value := range []string{"0", "-1", "36501", "1.5", "1e2", " 1", "1 ", "+1", "01", "ninety", "٣", "9999999999999999999"} {
		if n, err := retention.Days(value); n != 0 || !errors.Is(err, retention.ErrDays) {
			t.Errorf("%q: %d %v", value, n, err)
		}
	}
}

// shelf is a store at the edge: what is over, and what goes wrong with it.
type shelf struct {
	sync.Mutex
	days    string
	over    int
	fail    error
	before  time.Time
	largest int
	asked   []time.Duration // when it was asked for the setting, from the beginning
	begun   time.Time
}

func (s *shelf) Setting(_ context.Context, name string) (string, error) {
	s.Lock()
	defer s.Unlock()
	if name != "retention.days" {
		return "", errors.New(name)
	}
	s.asked = append(s.asked, time.Since(s.begun))
	return s.days, nil
}

func (s *shelf) EraseBefore(ctx context.Context, before time.Time, most int, who string, now time.Time) (int, error) {
	s.Lock()
	defer s.Unlock()
	if err := errors.Join(s.fail, ctx.Err()); err != nil {
		return 0, err
	}
	if who != "retention" || !now.Equal(before.AddDate(0, 0, 30)) {
		return 0, fmt.Errorf("%s erases what is older than %v at %v", who, before, now)
	}
	n := min(most, s.over)
	s.over -= n
	s.before, s.largest = before, max(s.largest, n)
	return n, nil
}

// after waits for so long, and then looks at what came of it, or changes it.
func (s *shelf) after(wait time.Duration, f func()) {
	time.Sleep(wait)
	synctest.Wait()
	s.Lock()
	defer s.Unlock()
	f()
}

// It wakes at once and every hour, takes what is over in portions, survives what fails, and ends with its context.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var out bytes.Buffer
		s := &shelf{days: "30", over: 75, begun: time.Now()}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			retention.Run(ctx, s, slog.New(slog.NewTextHandler(&out, nil)))
		}()
		s.after(10*time.Minute, func() {
			if s.over != 0 || s.largest > 50 || !s.before.Equal(s.begun.AddDate(0, 0, -30)) || !strings.Contains(out.String(), "erased=75") {
				t.Errorf("%+v %s", s, out.String())
			}
			s.over, s.fail = 5, errors.New("away")
		})
		s.after(time.Hour, func() {
			if s.over != 5 || !strings.Contains(out.String(), "error=away") {
				t.Errorf("%+v %s", s, out.String())
			}
			s.fail = nil
		})
		s.after(time.Hour, func() {
			if s.over != 0 {
				t.Errorf("an error ended it: %+v", s)
			}
			s.over, s.days = 5, ""
		})
		s.after(time.Hour, func() {
			if s.over != 5 {
				t.Error("erased where nothing is set")
			}
			s.days = "ninety"
		})
		s.after(time.Hour, func() {
			if s.over != 5 || !strings.Contains(out.String(), "ninety") {
				t.Errorf("a setting that cannot be read: %+v %s", s, out.String())
			}
		})
		cancel()
		<-ended
		for i, at := range s.asked {
			if at != time.Duration(i)*time.Hour {
				t.Errorf("it woke at %v", s.asked)
			}
		}
	})
}

// stamp seals with a word.
type stamp struct{}

func (stamp) Receipt(store.Report, store.Place, time.Time) ([]byte, error) { return []byte("r"), nil }
func (stamp) Checkpoint(report.LogEntry, time.Time) ([]byte, error)        { return []byte("c"), nil }

// On a real database, what is over goes and the rest stays.
func TestRunOnADatabase(t *testing.T) {
	db, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s, err := db.Tenant(t.Context(), "0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC()
	for i := range 130 {
		at := now.AddDate(0, 0, -i)
		r := store.Report{Digest: fmt.Sprintf("%064d", i), Session: fmt.Sprint(i), Bundle: []byte("b"), Invite: store.Invite{ID: fmt.Sprint(i), Applicant: "A", Runs: 1, Issued: at, Ends: at.Add(time.Hour)}}
		if _, err := s.TakeIn(t.Context(), r, at, stamp{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Set(t.Context(), retention.Setting, "90"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	retention.Run(ctx, untilNothing{s, cancel}, slog.New(slog.DiscardHandler))
	if n, err := s.Reports(t.Context()); n != 90 || err != nil {
		t.Errorf("%d reports are left (%v)", n, err)
	}
}

// untilNothing ends a run once nothing is left to erase.
type untilNothing struct {
	*store.Tenant
	end func()
}

func (u untilNothing) EraseBefore(ctx context.Context, before time.Time, most int, who string, now time.Time) (int, error) {
	n, err := u.Tenant.EraseBefore(ctx, before, most, who, now)
	if n == 0 {
		u.end()
	}
	return n, err
}
