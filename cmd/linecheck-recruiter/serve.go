package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linecheck/checks/probe"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/linecheck-recruiter/internal/keys"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

type serveFlags struct {
	databaseFlags
	keys, listen, publicURL, cert, key string
	calls, second, turnSecret          string
	turn, tenants                      []string
}

func serve() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve --keys DIR --data DIR --listen ADDR",
		Short: "Run the server: probe, reports, receipts",
		Long: `Run the server: probe, reports, receipts.

It listens on the address over TCP (HTTPS, TURN within TLS, TURN and calls over
TCP) and over UDP (STUN, TURN, calls). With --calls, what is not HTTPS or TURN
within TLS has an address of its own, commonly :3478. Calls that cannot come
directly are relayed by the server itself, or with --turn-external by another TURN
server, such as coturn, that shares a secret with it. Once it is ready, its first
line on standard output is "listening on ADDRESS".`,
		Args: cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error { return runServer(cmd, f) }),
	}
	fl := cmd.Flags()
	fl.StringVar(&f.keys, "keys", "", "folder with the keys")
	f.add(cmd, "folder for the database and the certificate (made if missing)")
	fl.StringVar(&f.listen, "listen", ":8443", "address to listen on, TCP and UDP")
	fl.StringVar(&f.publicURL, "public-url", "", "address by which applicants reach the server; https:// and the listening address where empty")
	fl.StringVar(&f.cert, "tls-cert", "", "certificate file; a self-signed one is made where empty")
	fl.StringVar(&f.key, "tls-key", "", "key file of the certificate")
	fl.StringVar(&f.calls, "calls", "", "address for STUN, TURN and calls, UDP and TCP; that of --listen where empty")
	fl.StringVar(&f.second, "second-address", "", "second IP address of this machine, to tell how an applicant's router filters")
	fl.StringSliceVar(&f.turn, "turn-external", nil, "addresses of another TURN server, as turn:turn.example:3478?transport=udp")
	fl.StringVar(&f.turnSecret, "turn-secret-file", "", "file with the secret shared with that server (coturn: static-auth-secret)")
	fl.StringArrayVar(&f.tenants, "tenant", nil, "another organisation with an address of its own, as KEYS=https://other.example; can be given several times")
	cmd.MarkFlagsRequiredTogether("turn-external", "turn-secret-file")
	must(cmd, "keys", "data")
	cmd.MarkFlagsRequiredTogether("tls-cert", "tls-key")
	return cmd
}

func runServer(cmd *cobra.Command, f serveFlags) error {
	ctx, log := cmd.Context(), slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), nil))
	if _, err := keys.Read(f.keys, time.Now()); err != nil { // before anything is made
		return err
	}
	if err := os.MkdirAll(f.data, 0o700); err != nil {
		return err
	}
	db, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	ln, err := net.Listen("tcp", f.listen)
	if err != nil {
		return err
	}
	defer ln.Close()
	sites, err := openSites(ctx, f, db, ln.Addr())
	if err != nil {
		return err
	}
	public := sites[0].origin
	tlsConfig, err := serverTLS(f, public.Hostname())
	if err != nil {
		return err
	}
	p, listeners, err := far(f, public.Hostname(), sites[0].owner(), ln, tlsConfig, log)
	if err != nil {
		return err
	}
	defer p.Close()
	var handlers []http.Handler
	for _, s := range sites {
		h, err := s.handler(p, log)
		if err != nil {
			return err
		}
		handlers = append(handlers, h)
	}
	srv := &http.Server{
		Handler: byHost(sites, handlers), ConnContext: probe.ConnContext, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
	cmd.Printf("listening on %s as %s\n", ln.Addr(), public)
	return serveUntil(ctx, srv, listeners)
}

// openSites opens the organisations that the server is for.
func openSites(ctx context.Context, f serveFlags, db *store.Store, at net.Addr) ([]*site, error) {
	origin := strings.TrimSuffix(f.publicURL, "/")
	if origin == "" {
		if a, ok := at.(*net.TCPAddr); ok && a.IP.IsUnspecified() {
			return nil, cli.Fail(cli.Usage, "--listen %s takes every address of this machine: say by which one applicants reach it, with --public-url", f.listen)
		}
		origin = "https://" + at.String()
	}
	first, err := openSite(ctx, f.keys, origin, db)
	if err != nil {
		return nil, err
	}
	sites := []*site{first}
	for _, t := range f.tenants {
		folder, origin, ok := strings.Cut(t, "=")
		if !ok {
			return nil, cli.Fail(cli.Usage, "--tenant %q is not like KEYS=https://other.example", t)
		}
		s, err := openSite(ctx, folder, strings.TrimSuffix(origin, "/"), db)
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
