package main

import (
	"github.com/spf13/cobra"

	"linecheck/cmd/internal/cli"
)

// serveFlags are what whoever runs the server may choose.
type serveFlags struct {
	databaseFlags
	keys, listen, publicURL string
	tenants                 []string

	cert, key, acmeMail, acmeDirectory string
	acme                               bool
	proxies                            []string

	calls, second, turnSecret string
	turn                      []string
	tests, line               int

	oidcIssuer, oidcClient, oidcSecret string
	metrics                            string
	privateHooks                       bool
}

func serve() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve --keys DIR --data DIR --listen ADDR",
		Short: "Run the server: probe, reports, portal, receipts",
		Long: `Run the server: probe, reports, portal, receipts.

It listens on the address over TCP (HTTPS, TURN within TLS, TURN and calls over
TCP) and over UDP (STUN, TURN, calls). With --calls, what is not HTTPS or TURN
within TLS has an address of its own, commonly :3478. Calls that cannot come
directly are relayed by the server itself, or with --turn-external by another TURN
server, such as coturn, that shares a secret with it. Once it is ready, its first
line on standard output is "listening on ADDRESS".

The portal is at /portal/. The first person is added with the command 'person add'.`,
		Args: cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error { return runServer(cmd, f) }),
	}
	f.addTo(cmd)
	return cmd
}

func (f *serveFlags) addTo(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.keys, "keys", "", "folder with the keys")
	f.add(cmd, "folder for the database, the certificate and downloads (made if missing)")
	fl.StringVar(&f.listen, "listen", ":8443", "address to listen on, TCP and UDP")
	fl.StringVar(&f.publicURL, "public-url", "", "address by which applicants reach the server; https:// and the listening address where empty")
	fl.StringArrayVar(&f.tenants, "tenant", nil, "another organisation with an address of its own, as KEYS=https://other.example; can be given several times")

	fl.StringVar(&f.cert, "tls-cert", "", "certificate file, read again when it changes; a self-signed one is made where empty")
	fl.StringVar(&f.key, "tls-key", "", "key file of the certificate")
	fl.BoolVar(&f.acme, "acme", false, "get certificates from Let's Encrypt, and accept its terms; the server must be reached on port 443")
	fl.StringVar(&f.acmeMail, "acme-email", "", "address that is told of trouble with these certificates")
	fl.StringVar(&f.acmeDirectory, "acme-directory", "", "another certificate authority that speaks ACME")
	fl.StringSliceVar(&f.proxies, "behind-proxy", nil, "networks of proxies before the server, as 10.0.0.0/8: what they say in X-Forwarded-For is believed")

	fl.StringVar(&f.calls, "calls", "", "address for STUN, TURN and calls, UDP and TCP; that of --listen where empty")
	fl.StringVar(&f.second, "second-address", "", "second IP address of this machine, to tell how an applicant's router filters")
	fl.StringSliceVar(&f.turn, "turn-external", nil, "addresses of another TURN server, as turn:turn.example:3478?transport=udp")
	fl.StringVar(&f.turnSecret, "turn-secret-file", "", "file with the secret shared with that server (coturn: static-auth-secret)")
	fl.IntVar(&f.tests, "tests", 8, "how many speed tests run at once; others wait in line")
	fl.IntVar(&f.line, "line", 0, "what this server's line carries, in Mbit/s: tests wait while others fill it; 0 is not known")

	fl.StringVar(&f.oidcIssuer, "oidc-issuer", "", "sign-in service that speaks OpenID Connect, as https://login.example")
	fl.StringVar(&f.oidcClient, "oidc-client", "", "client id that the sign-in service knows this server by")
	fl.StringVar(&f.oidcSecret, "oidc-secret-file", "", "file with the client secret")
	fl.StringVar(&f.metrics, "metrics", "", "address for Prometheus metrics over plain HTTP, as 127.0.0.1:9090; none where empty")
	fl.BoolVar(&f.privateHooks, "private-webhooks", false, "let webhooks lead into this server's own network")

	must(cmd, "keys", "data")
	cmd.MarkFlagsRequiredTogether("tls-cert", "tls-key")
	cmd.MarkFlagsMutuallyExclusive("tls-cert", "acme")
	cmd.MarkFlagsRequiredTogether("turn-external", "turn-secret-file")
	cmd.MarkFlagsRequiredTogether("oidc-issuer", "oidc-client", "oidc-secret-file")
}
