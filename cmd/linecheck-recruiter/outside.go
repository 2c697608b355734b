package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"linecheck/cmd/internal/cli"
	"linecheck/cmd/linecheck-recruiter/internal/door"
	"linecheck/cmd/linecheck-recruiter/internal/people"
	"linecheck/cmd/linecheck-recruiter/internal/retention"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// mostConnections bounds the connections of all together. One that does nothing costs 30 KB, and is closed after a minute.
const mostConnections = 12_288

// connectionsOfOne bounds the connections from one address; behind a proxy all come from one.
func connectionsOfOne(f serveFlags) int {
	if len(f.proxies) > 0 {
		return 0
	}
	return door.PerAddress
}

// signInElsewhere lets people sign in by the service that the flags name.
func (s *site) signInElsewhere(ctx context.Context, f serveFlags) error {
	if f.oidcIssuer == "" {
		return nil
	}
	secret, err := os.ReadFile(f.oidcSecret)
	if err != nil {
		return cli.Fail(cli.Usage, "--oidc-secret-file: %w", err)
	}
	if s.oidc, err = people.NewOIDC(ctx, f.oidcIssuer, f.oidcClient, string(bytes.TrimSpace(secret)), s.people); err != nil {
		return cli.Fail(cli.Usage, "--oidc-issuer: %w", err)
	}
	return nil
}

// checks are what must be so for the server to do its work.
func checks(f serveFlags, sites []*site, db *store.Store) []door.Check {
	return []door.Check{
		{Name: "database", Try: db.Ping},
		{Name: "keys", Try: func(context.Context) error {
			for _, s := range sites {
				if _, err := s.keys.Trust(); err != nil {
					return err
				}
			}
			return nil
		}},
		door.Disk(f.data),
	}
}

// background does what is to be done beside answering: webhooks, retention, metrics. stop ends it and waits.
func background(ctx context.Context, f serveFlags, sites []*site, counts *door.Metrics, log *slog.Logger) (stop func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	var work sync.WaitGroup
	if f.metrics != "" {
		ln, err := net.Listen("tcp", f.metrics)
		if err != nil {
			cancel()
			return nil, notListening("--metrics", err)
		}
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", counts.Handler())
		srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10}
		work.Go(func() {
			if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
				log.Error("metrics are not served any more", "error", err)
			}
		})
		work.Go(func() { <-ctx.Done(); _ = srv.Close() })
	}
	for _, s := range sites {
		work.Go(func() { s.catchUp(ctx); s.hooks.Run(ctx) })
		work.Go(func() { retention.Run(ctx, s.store, log) })
	}
	return func() { cancel(); work.Wait() }, nil
}

// behind takes the address of whoever asks from what trusted proxies say of it.
func behind(networks []string, next http.Handler) (http.Handler, error) {
	if len(networks) == 0 {
		return next, nil
	}
	var trusted []netip.Prefix
	for _, n := range networks {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			return nil, cli.Fail(cli.Usage, "--behind-proxy: %q is not a network like 10.0.0.0/8", n)
		}
		trusted = append(trusted, p)
	}
	among := func(a netip.Addr) bool {
		for _, p := range trusted {
			if p.Contains(a) {
				return true
			}
		}
		return false
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, err := netip.ParseAddrPort(r.RemoteAddr)
		if err == nil && among(from.Addr().Unmap()) {
			if a, ok := forwardedFor(r.Header.Values("X-Forwarded-For"), among); ok {
				r.RemoteAddr = netip.AddrPortFrom(a, 0).String()
			}
		}
		next.ServeHTTP(w, r)
	}), nil
}

// forwardedFor is the last address in the lists that is no trusted proxy: what stands before it anybody may have written.
func forwardedFor(lists []string, trusted func(netip.Addr) bool) (last netip.Addr, ok bool) {
	all := strings.Split(strings.Join(lists, ","), ",")
	for i := len(all) - 1; i >= 0; i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(all[i]))
		if err != nil {
			return last, ok
		}
		last, ok = a.Unmap(), true
		if !trusted(last) {
			return last, true
		}
	}
	return last, ok
}
