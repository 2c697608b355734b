package main

import (
	"net/http"
	"path/filepath"

	"linecheck/checks/probe"
	"linecheck/cmd/linecheck-recruiter/internal/api"
	"linecheck/cmd/linecheck-recruiter/internal/landing"
	"linecheck/cmd/linecheck-recruiter/internal/lookup"
	"linecheck/cmd/linecheck-recruiter/internal/portal"
	"linecheck/cmd/linecheck-recruiter/internal/systems"
	"linecheck/cmd/linecheck-recruiter/internal/visitor"
	"linecheck/report/exchange"
)

// handler answers everything that comes for the organisation. data is the folder of the server's files.
func (s *site) handler(p *probe.Probe, data string) (http.Handler, error) {
	owner := s.owner()
	mux := http.NewServeMux()
	mux.Handle("/", (&api.Server{
		Keys: s.keys, Store: s.store, Probe: p, Owner: &owner, Log: s.log, Guests: visitor.New(), Desk: s.intake,
	}).Handler())
	anybody, err := lookup.New(s.keys.Trust, s.store, s.log)
	if err != nil {
		return nil, err
	}
	handle(mux, anybody.Handler(), lookup.Prefix, exchange.CallPage, exchange.CallPage+"/")
	applicants, err := landing.New(landing.Config{Trust: s.keys.Trust, Store: s.store, Origin: s.origin, Downloads: filepath.Join(data, "downloads"), Log: s.log})
	if err != nil {
		return nil, err
	}
	handle(mux, applicants.Handler(), landing.Prefix, landing.DownloadPrefix)
	office, err := portal.New(portal.Config{Trust: s.keys.Trust, Store: s.store, People: s.people, OIDC: s.oidc, Pinned: s.pinned, Intake: s.intake, Invites: s.invites, Hooks: s.hooks, Tell: s.tell, Origin: s.origin, Log: s.log})
	if err != nil {
		return nil, err
	}
	mux.Handle(portal.Prefix, office.Handler())
	others, err := systems.New(systems.Config{Trust: s.keys.Trust, Store: s.store, People: s.people, Invites: s.invites, Hooks: s.hooks, Tell: s.tell, Origin: s.origin, Log: s.log})
	if err != nil {
		return nil, err
	}
	handle(mux, others.Handler(), others.Paths()...)
	mux.Handle("GET /{$}", http.RedirectHandler(portal.Prefix, http.StatusSeeOther))
	return mux, nil
}

// handle has one handler serve several patterns.
func handle(mux *http.ServeMux, h http.Handler, patterns ...string) {
	for _, p := range patterns {
		mux.Handle(p, h)
	}
}
