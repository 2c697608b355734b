package portal

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// Who does something and hangs up before it is noted is noted all the same.
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
	p := &Portal{Config: Config{Store: s}, now: time.Now}
	if err := p.note(httptest.NewRequestWithContext(ctx, "POST", "/", nil), people.Person{Login: "ana"}, "report.decided", "d", ""); err != nil {
		t.Error(err)
	}
	if acts, err := s.Trail(t.Context(), 0, 10); err != nil || len(acts) != 1 || acts[0].Who != "ana" {
		t.Errorf("%+v %v", acts, err)
	}
}
