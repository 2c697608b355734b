package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"linecheck/checks/probe"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/linecheck-recruiter/internal/api"
	"linecheck/cmd/linecheck-recruiter/internal/intake"
	"linecheck/cmd/linecheck-recruiter/internal/keys"
	"linecheck/cmd/linecheck-recruiter/internal/lookup"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/cmd/linecheck-recruiter/internal/visitor"
	"linecheck/report"
	"linecheck/report/exchange"
)

// site is one organisation on the server, under an address of its own.
type site struct {
	keys   *keys.Folder
	origin *url.URL
	store  *store.Tenant
}

// openSite reads an organisation's keys and finds what is stored for it.
func openSite(ctx context.Context, folder, origin string, db *store.Store) (*site, error) {
	k, err := keys.Read(folder, time.Now())
	if err != nil {
		return nil, err
	}
	s := &site{keys: k}
	if s.origin, err = exchange.ParseOrigin(origin); err != nil {
		return nil, cli.Fail(cli.Usage, "the public address: %w", err)
	}
	if err := k.AddOrigin(s.origin.String(), time.Now()); err != nil {
		return nil, err
	}
	t, err := k.Trust()
	if err != nil {
		return nil, err
	}
	s.store, err = db.Tenant(ctx, t.Value().Tenant)
	return s, err
}

// owner is whose a measuring session is.
func (s *site) owner() probe.Owner {
	return probe.Owner{Key: s.keys.Key(report.RoleProbe), Attempt: s.store.Attempt}
}

// handler answers everything that comes for the organisation.
func (s *site) handler(p *probe.Probe, log *slog.Logger) (http.Handler, error) {
	pages, err := lookup.New(s.keys.Trust, s.store, log)
	if err != nil {
		return nil, err
	}
	owner := s.owner()
	mux := http.NewServeMux()
	mux.Handle("/", (&api.Server{
		Keys: s.keys, Store: s.store, Probe: p, Owner: &owner, Log: log, Guests: visitor.New(), Desk: intake.New(s.keys, s.store, log),
	}).Handler())
	anybody := pages.Handler()
	for _, path := range []string{lookup.Prefix, exchange.CallPage, exchange.CallPage + "/"} {
		mux.Handle(path, anybody)
	}
	return mux, nil
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
