package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"linecheck/checks/probe"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/linecheck-recruiter/internal/door"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

func runServer(cmd *cobra.Command, f serveFlags) error {
	ctx, log := cmd.Context(), slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), nil))
	tuneMemory()
	if _, err := readKeys(f.keys); err != nil { // before anything is made
		return err
	}
	if f.tests < 1 || f.line < 0 {
		return cli.Fail(cli.Usage, "--tests is 1 or more, and --line 0 or more")
	}
	if err := os.MkdirAll(f.data, 0o700); err != nil {
		return fmt.Errorf("--data: %w; name a folder that can be made or written", err)
	}
	ln, err := net.Listen("tcp", f.listen)
	if err != nil {
		return notListening("--listen", err)
	}
	defer ln.Close()
	db, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	sites, err := openSites(ctx, f, db, ln.Addr(), log)
	if err != nil {
		return err
	}
	tlsConfig, pin, err := serverTLS(f, sites)
	if err != nil {
		return err
	}
	counts := door.NewMetrics()
	for i, s := range sites {
		var beside *site
		if i > 0 {
			beside = sites[0]
		}
		s.staff(pin, beside, f, counts)
		if err := s.signInElsewhere(ctx, f); err != nil {
			return err
		}
	}
	return serveSites(cmd, f, sites, ln, tlsConfig, counts, log, db)
}

// serveSites starts the probe and serves the organisations until ctx ends.
func serveSites(cmd *cobra.Command, f serveFlags, sites []*site, ln net.Listener, tlsConfig *tls.Config, counts *door.Metrics, log *slog.Logger, db *store.Store) error {
	ctx := cmd.Context()
	public := sites[0].origin
	p, listeners, err := far(f, public.Hostname(), sites[0].owner(), ln, door.NewConnLimit(mostConnections, counts), tlsConfig, log)
	if err != nil {
		return err
	}
	defer p.Close()
	counts.Measuring(p.Sessions, func() int { running, _ := p.Tests(); return running })
	var handlers []http.Handler
	for _, s := range sites {
		h, err := s.handler(p, f.data)
		if err != nil {
			return err
		}
		handlers = append(handlers, h)
	}
	outer := http.NewServeMux()
	outer.Handle("/", byHost(sites, handlers))
	outer.Handle("GET /healthz", door.Alive())
	outer.Handle("GET /readyz", door.Ready(log, checks(f, sites, db)...))
	forwarded, err := behind(f.proxies, outer)
	if err != nil {
		return err
	}
	srv := &http.Server{
		Handler: door.Wrap(forwarded, log, counts), ConnContext: probe.ConnContext, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	stop, err := background(ctx, f, sites, counts, log)
	if err != nil {
		return err
	}
	defer stop()
	for _, s := range sites { // once nothing else can fail: it stays in the trust file
		if err := s.keys.AddOrigin(s.origin.String(), time.Now()); err != nil {
			return err
		}
	}
	cmd.Printf("listening on %s as %s\n", ln.Addr(), public)
	return serveUntil(ctx, srv, listeners)
}

// notListening says what to do about an address that cannot be listened on.
func notListening(flag string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s: %w; another program, or a server like this one, has the port: end it, or choose another", flag, err)
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("%s: %w; ports below 1024 need root, or on Linux the capability CAP_NET_BIND_SERVICE", flag, err)
	default:
		return cli.Fail(cli.Usage, "%s: %w; an address is like :8443 or 127.0.0.1:8443, and of this machine", flag, err)
	}
}

// How much memory may grow before it is collected, in per cent of what is in use, and the
// total from which on it is collected more often. What is in use is little, and collecting it seldom leaves more
// for the reports.
const (
	growth     = 600
	easyMemory = 200 << 20
)

// tuneMemory sets how often memory is collected, unless whoever runs the server did.
func tuneMemory() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(growth)
		debug.SetMemoryLimit(easyMemory)
	}
}

// openSites opens the organisations that the server is for.
func openSites(ctx context.Context, f serveFlags, db *store.Store, at net.Addr, log *slog.Logger) ([]*site, error) {
	origin := strings.TrimSuffix(f.publicURL, "/")
	if origin == "" {
		if a, ok := at.(*net.TCPAddr); ok && a.IP.IsUnspecified() {
			return nil, cli.Fail(cli.Usage, "--listen %s takes every address of this machine: say by which one applicants reach it, with --public-url", f.listen)
		}
		origin = "https://" + at.String()
	}
	first, err := openSite(ctx, f.keys, origin, db, log)
	if err != nil {
		return nil, err
	}
	sites := []*site{first}
	for _, t := range f.tenants {
		folder, origin, ok := strings.Cut(t, "=")
		if !ok {
			return nil, cli.Fail(cli.Usage, "--tenant %q is not like KEYS=https://other.example", t)
		}
		s, err := openSite(ctx, folder, strings.TrimSuffix(origin, "/"), db, log)
		if err != nil {
			return nil, fmt.Errorf("--tenant %s: %w", t, err)
		}
		for _, other := range sites {
			if hostOf(other.origin.Host) == hostOf(s.origin.Host) || other.store.ID() == s.store.ID() {
				return nil, cli.Fail(cli.Usage, "--tenant %s: each organisation has keys and an address of its own", t)
			}
		}
		sites = append(sites, s)
	}
	return sites, nil
}

// serveUntil serves until ctx ends, then lets requests under way finish for a moment.
func serveUntil(ctx context.Context, srv *http.Server, listeners []net.Listener) error {
	failed := make(chan error, len(listeners))
	for _, ln := range listeners {
		go func() { failed <- srv.Serve(ln) }()
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := srv.Shutdown(patience); err != nil {
		err = srv.Close()
		return err
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
