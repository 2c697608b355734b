package people

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"linecheck/cmd/linecheck-recruiter/internal/refusal"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// CookieName is the cookie of a visit. Browsers take one of that prefix from the server itself alone, over TLS.
const CookieName = "__Host-linecheck"

// A visit ends when nothing is asked for so long, and at the latest after its whole life.
const (
	visitIdle = 30 * time.Minute
	visitLife = 12 * time.Hour
)

// whoKey is where a visit holds who it is.
const whoKey = "who"

// visitStore keeps visits, by digests of their tokens; it is scs's store.
type visitStore struct{ *store.Tenant }

// FindCtx is what is kept of a visit.
func (v visitStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	return v.Visit(ctx, token, time.Now())
}

// CommitCtx keeps a visit.
func (v visitStore) CommitCtx(ctx context.Context, token string, data []byte, expires time.Time) error {
	return v.SaveVisit(ctx, token, data, expires, time.Now())
}

// DeleteCtx ends a visit.
func (v visitStore) DeleteCtx(ctx context.Context, token string) error { return v.EndVisit(ctx, token) }

// Find is FindCtx for who has no context.
func (v visitStore) Find(token string) ([]byte, bool, error) {
	return v.FindCtx(context.Background(), token)
}

// Commit is CommitCtx for who has no context.
func (v visitStore) Commit(token string, data []byte, expires time.Time) error {
	return v.CommitCtx(context.Background(), token, data, expires)
}

// Delete is DeleteCtx for who has no context.
func (v visitStore) Delete(token string) error { return v.DeleteCtx(context.Background(), token) }

func newVisits(s *store.Tenant, log *slog.Logger) *scs.SessionManager {
	m := scs.New()
	m.Store = visitStore{s}
	m.IdleTimeout, m.Lifetime = visitIdle, visitLife
	m.HashTokenInStore = true
	m.Cookie = scs.SessionCookie{Name: CookieName, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	m.ErrorFunc = func(w http.ResponseWriter, _ *http.Request, err error) {
		log.Error("a visit could not be read or kept", "error", err)
		http.Error(w, refusal.Failed().Message, http.StatusInternalServerError)
	}
	return m
}

// Wrap makes a handler know whose visit a request belongs to. Enter, Leave and Current,
// and the methods of [OIDC], work within such a handler alone.
func (p *People) Wrap(next http.Handler) http.Handler { return p.visits.LoadAndSave(next) }

// Enter begins a person's visit, under a new token: who knew the one before has nothing of it.
func (p *People) Enter(ctx context.Context, who Person) error {
	if err := p.visits.RenewToken(ctx); err != nil {
		return err
	}
	if err := p.visits.Clear(ctx); err != nil {
		return err
	}
	p.visits.Put(ctx, whoKey, fmt.Sprintf("%d %d", who.ID, who.generation))
	return nil
}

// Leave ends the visit.
func (p *People) Leave(ctx context.Context) error { return p.visits.Destroy(ctx) }

// Current is whose visit it is, as they are now; ok is false where it is nobody's, or
// they were disabled or renewed since it was begun.
func (p *People) Current(ctx context.Context) (who Person, ok bool) {
	var id, generation int64
	if n, err := fmt.Sscanf(p.visits.GetString(ctx, whoKey), "%d %d", &id, &generation); n != 2 || err != nil {
		return Person{}, false
	}
	s, err := p.store.PersonByID(ctx, id)
	if err != nil {
		p.log.Error("whose visit it is cannot be read", "error", err)
		return Person{}, false
	}
	if !s.Disabled.IsZero() || s.Generation != generation {
		return Person{}, false
	}
	return personOf(s), true
}
