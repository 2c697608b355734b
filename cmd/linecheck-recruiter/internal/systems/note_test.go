package systems

import (
	"context"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// A system that does something and hangs up before it is noted is noted all the same.
func TestAnActOutlivesItsRequest(t *testing.T) {
	db, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s, err := db.Tenant(t.Context(), "0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a := &API{Config: Config{Store: s}, now: time.Now}
	if err := a.note(ctx, people.Token{Name: "tracking"}, "report.decided", "d", ""); err != nil {
		t.Error(err)
	}
	if acts, err := s.Trail(t.Context(), 0, 10); err != nil || len(acts) != 1 || acts[0].Who != "token tracking" {
		t.Errorf("%+v %v", acts, err)
	}
}
