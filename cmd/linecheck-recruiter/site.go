package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"linecheck/checks/probe"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/linecheck-recruiter/internal/door"
	"linecheck/cmd/linecheck-recruiter/internal/hook"
	"linecheck/cmd/linecheck-recruiter/internal/intake"
	"linecheck/cmd/linecheck-recruiter/internal/invites"
	"linecheck/cmd/linecheck-recruiter/internal/keys"
	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/exchange"
)

// site is one organisation on the server, under an address of its own.
type site struct {
	keys    *keys.Folder
	origin  *url.URL
	store   *store.Tenant
	people  *people.People
	oidc    *people.OIDC
	intake  *intake.Desk
	invites *invites.Desk
	hooks   *hook.Sender
	pinned  bool // the certificate is the server's own
	log     *slog.Logger
}

// openSite reads an organisation's keys and finds what is stored for it.
func openSite(ctx context.Context, folder, origin string, db *store.Store, log *slog.Logger) (*site, error) {
	k, err := readKeys(folder)
	if err != nil {
		return nil, err
	}
	s := &site{keys: k, log: log}
	if s.origin, err = exchange.ParseOrigin(origin); err != nil {
		return nil, cli.Fail(cli.Usage, "the public address: %w", err)
	}
	t, err := k.Trust()
	if err != nil {
		return nil, err
	}
	s.store, err = db.Tenant(ctx, t.Value().Tenant)
	return s, err
}

// staff makes everything of an organisation that works on what is stored. The pin is that of the server's certificate
// where the public roots do not vouch for it; beside is another organisation on the same server.
func (s *site) staff(pin string, beside *site, f serveFlags, m *door.Metrics) {
	s.pinned = pin != ""
	s.people = people.New(s.store, s.origin, s.log)
	if beside != nil {
		s.people = beside.people.Beside(s.store, s.origin)
	}
	s.invites = invites.NewDesk(s.keys, s.store, s.origin.String(), pin)
	s.hooks = hook.New(s.store, s.origin, s.log)
	s.hooks.AllowPrivate, s.hooks.Count = f.privateHooks, m.Delivery
	s.intake = intake.New(s.keys, s.store, s.log)
	s.intake.After = func(digest string, err error) {
		m.Report(err)
		if err == nil {
			s.tell(hook.ReportReceived, digest)
		}
	}
}

// tell has the organisation's webhooks told of what happened to a report.
func (s *site) tell(event, digest string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.told(ctx, event, digest); err != nil {
		s.log.Error("tell webhooks", "event", event, "error", err)
	}
}

func (s *site) told(ctx context.Context, event, digest string) error {
	if any, err := s.hooks.Any(ctx); err != nil || !any {
		return err
	}
	r, err := s.store.Report(ctx, digest)
	if err != nil {
		return err
	}
	inv, err := s.store.InviteByID(ctx, r.Invite)
	if err != nil && !errors.Is(err, store.ErrNoInvite) {
		return err
	}
	at := time.Now()
	if event == hook.ReportReceived {
		at = r.Received
	}
	return s.hooks.Tell(ctx, event, hook.Data{Report: digest, Invite: r.Invite, Applicant: inv.Applicant, Role: r.Facet.Role, Region: r.Facet.Region,
		Verdict: r.Facet.Verdict, Observed: r.Facet.Observed, Decision: r.Facet.Decision}, at)
}

// lookBack is for how long reports are told of again when the server starts: one that went down between a
// receipt and the telling has not told. Who was told already is not told twice.
const lookBack = time.Hour

// catchUp tells of the newest reports again.
func (s *site) catchUp(ctx context.Context) {
	if any, err := s.hooks.Any(ctx); err != nil || !any {
		return
	}
	p, err := s.store.List(ctx, store.Query{From: time.Now().Add(-lookBack)})
	if err != nil {
		s.log.Error("look for reports to tell of", "error", err)
		return
	}
	for _, row := range p.Rows {
		s.tell(hook.ReportReceived, row.Digest)
	}
}

// owner is whose a measuring session is.
func (s *site) owner() probe.Owner {
	return probe.Owner{Key: s.keys.Key(report.RoleProbe), Attempt: s.store.Attempt}
}

// byHost sends each request to the organisation it is for. The first takes all where it is the only one.
func byHost(sites []*site, handlers []http.Handler) http.Handler {
	if len(sites) == 1 {
		return handlers[0]
	}
	hosts := map[string]http.Handler{}
	for i, s := range sites {
		hosts[hostOf(s.origin.Host)] = handlers[i]
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := hosts[hostOf(r.Host)]
		if h == nil {
			probe.Refuse(w, http.StatusMisdirectedRequest, "server.host", "no organisation has this address here")
			return
		}
		h.ServeHTTP(w, r)
	})
}

// hostOf is a request's host with the port, in one spelling.
func hostOf(host string) string {
	host = strings.ToLower(host)
	if h, port, err := net.SplitHostPort(host); err == nil && port == "443" {
		return h
	}
	return host
}
