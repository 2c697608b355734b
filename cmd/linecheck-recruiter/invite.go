package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linecheck/assets"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/linecheck-recruiter/internal/intake"
	"linecheck/cmd/linecheck-recruiter/internal/keys"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/policy"
	"linecheck/report/verify"
)

type inviteFlags struct {
	databaseFlags
	keys, applicant, role, region, probe, pin, policy, expires, out string
	runs                                                            int
	legalName, voice                                                bool
}

func invite() *cobra.Command {
	var f inviteFlags
	cmd := &cobra.Command{
		Use:   "invite --keys DIR --applicant REF --role ROLE --region REGION --probe URL --out FILE",
		Short: "Issue an invite for one applicant; its link goes to standard output",
		Args:  cobra.NoArgs,
		RunE:  cli.Run(func(cmd *cobra.Command, _ []string) error { return issue(cmd, f) }),
	}
	fl := cmd.Flags()
	fl.StringVar(&f.keys, "keys", "", "folder with the keys")
	fl.StringVar(&f.applicant, "applicant", "", "your own reference for the applicant (no name needed)")
	fl.StringVar(&f.role, "role", "", "the role applied for, as customer-service")
	fl.StringVar(&f.region, "region", "", "the region, as EU")
	fl.StringVar(&f.probe, "probe", "", "address of your server, as https://jobs.example")
	fl.StringVar(&f.pin, "probe-pin", "", "pin of the server's certificate, instead of asking the server for it")
	fl.StringVar(&f.policy, "policy", "", "policy file; the built-in one for customer service where empty")
	fl.StringVar(&f.expires, "expires", "14d", "how long the invite counts, as 14d or 36h")
	fl.IntVar(&f.runs, "runs", 3, "how many runs it allows")
	fl.BoolVar(&f.legalName, "legal-name", false, "ask for the full legal name as electronic signature")
	fl.BoolVar(&f.voice, "voice-sample", false, "ask for a recording of the applicant reading aloud; the applicant decides")
	fl.StringVar(&f.out, "out", "", "file for the invite")
	f.add(cmd, "the server's data folder: the invite gets a code to type, which goes to standard output after the link")
	must(cmd, "keys", "applicant", "role", "region", "probe", "out")
	return cmd
}

func issue(cmd *cobra.Command, f inviteFlags) error {
	life, err := parseLife(f.expires)
	if err != nil {
		return err
	}
	if f.runs < 1 || f.runs > 100 {
		return cli.Fail(cli.Usage, "--runs %d: an invite allows 1 to 100 runs", f.runs)
	}
	for flag, v := range map[string]string{"--applicant": f.applicant, "--role": f.role, "--region": f.region} {
		if strings.TrimSpace(v) == "" || len(v) > 200 {
			return cli.Fail(cli.Usage, "%s must have 1 to 200 characters", flag)
		}
	}
	origin, err := exchange.ParseOrigin(f.probe)
	if err != nil {
		return cli.Fail(cli.Usage, "--probe: %w", err)
	}
	text, err := policyText(f.policy)
	if err != nil {
		return err
	}
	k, err := keys.Read(f.keys, time.Now())
	if err != nil {
		return err
	}
	if f.pin == "" {
		if f.pin, err = askPin(cmd.Context(), origin); err != nil {
			return fmt.Errorf("the server at %s does not answer (%w); start it, or give its pin with --probe-pin", f.probe, err)
		}
	} else if !regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(f.pin) {
		return cli.Fail(cli.Usage, "--probe-pin: %q is not sha256: and 64 hexadecimal digits", f.pin)
	}
	now := time.Now().UTC().Truncate(time.Second)
	if err := k.AddOrigin(origin.String(), now); err != nil {
		return err
	}
	sealed, err := sealInvite(k, f, origin.String(), string(text), now, life)
	if err != nil {
		return err
	}
	data, err := sealed.Bytes()
	if err != nil {
		return err
	}
	if err := os.WriteFile(f.out, append(data, '\n'), 0o600); err != nil {
		return err
	}
	cmd.Println(exchange.Link(data))
	if !f.given() {
		return nil
	}
	typed, err := giveCode(cmd.Context(), f.databaseFlags, origin.String(), sealed, data)
	if err != nil {
		return err
	}
	cmd.Println(typed)
	return nil
}

// giveCode gives an invite a code in the server's database, and returns it as people type it.
func giveCode(ctx context.Context, at databaseFlags, origin string, sealed envelope.Envelope, data []byte) (string, error) {
	o, _, err := verify.Peek(sealed)
	if err != nil {
		return "", err
	}
	db, err := at.open(ctx)
	if err != nil {
		return "", err
	}
	defer db.Close()
	t, err := db.Tenant(ctx, o.Value().Tenant)
	if err != nil {
		return "", err
	}
	code, err := exchange.NewInviteCode(rand.Reader)
	if err != nil {
		return "", err
	}
	err = t.PutInvites(ctx, []store.Coded{{Invite: intake.InviteOf(o.Value()), Code: exchange.CodeDigest(code), Sealed: data}})
	return exchange.InviteAddress(origin, code), err
}

func sealInvite(k *keys.Folder, f inviteFlags, origin, text string, now time.Time, life time.Duration) (envelope.Envelope, error) {
	t, err := k.Trust()
	if err != nil {
		return envelope.Envelope{}, err
	}
	var random [32]byte
	if _, err := rand.Read(random[:]); err != nil {
		return envelope.Envelope{}, err
	}
	inv := report.Invite{
		ID: hex.EncodeToString(random[:16]), Nonce: hex.EncodeToString(random[16:]),
		Tenant: t.Value().Tenant, Origin: origin, ProbePin: f.pin,
		Applicant: f.applicant, Role: f.role, Region: f.region,
		Issued: now, NotBefore: now, NotAfter: now.Add(life), Runs: f.runs, LegalName: f.legalName, VoiceSample: f.voice, Policy: text,
	}
	return envelope.Seal(k.Key(report.RoleInvite), report.InviteType,
		[]envelope.Subject{envelope.On("policy", policy.Digest([]byte(text)))}, inv)
}

// policyText is the text of the policy file, or of the built-in policy; it is one that can be used.
func policyText(path string) ([]byte, error) {
	if path == "" {
		return assets.Policy("customer-service")
	}
	text, err := cli.ReadFile(path, policy.MaxSize)
	if err != nil {
		return nil, cli.Fail(cli.Usage, "%w", err)
	}
	if _, err := policy.Parse(text); err != nil {
		return nil, cli.Fail(cli.Usage, "%s: %w", path, err)
	}
	return text, nil
}

// parseLife reads a duration as people write it: 14d, or what Go reads.
func parseLife(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n int
		n, err = strconv.Atoi(days)
		d = time.Duration(n) * 24 * time.Hour
	}
	if err != nil || d <= 0 || d > 366*24*time.Hour {
		return 0, cli.Fail(cli.Usage, "--expires %q is not a time like 14d or 36h, of a year at most", s)
	}
	return d, nil
}

// askPin asks the server for its certificate. One that the public roots vouch
// for needs no pin; for any other the pin is what applicants will trust.
func askPin(ctx context.Context, origin *url.URL) (string, error) {
	addr := origin.Host
	if origin.Port() == "" {
		addr = net.JoinHostPort(origin.Hostname(), "443")
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	// The certificate is judged after the handshake, so that the server's log shows no failed one.
	any := &tls.Dialer{Config: &tls.Config{ServerName: origin.Hostname(), MinVersion: tls.VersionTLS12, InsecureSkipVerify: true}}
	c, err := any.DialContext(ctx, "tcp", addr)
	if err != nil {
		return "", err
	}
	defer c.Close()
	chain := c.(*tls.Conn).ConnectionState().PeerCertificates
	between := x509.NewCertPool()
	for _, cert := range chain[1:] {
		between.AddCert(cert)
	}
	if _, err := chain[0].Verify(x509.VerifyOptions{DNSName: origin.Hostname(), Intermediates: between}); err == nil {
		return "", nil
	}
	return exchange.PinOf(chain[0]), nil
}
