package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linecheck/assets"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/linecheck-recruiter/internal/invites"
	"linecheck/cmd/linecheck-recruiter/internal/keys"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/exchange"
	"linecheck/report/policy"
)

type inviteFlags struct {
	databaseFlags
	keys, applicant, name, role, region, language, probe, pin, policy, expires, csv, out string
	program, programLink                                                                 string
	runs                                                                                 int
	legalName, voice                                                                     bool
}

func invite() *cobra.Command {
	var f inviteFlags
	cmd := &cobra.Command{
		Use:   "invite --keys DIR --applicant REF --role ROLE --region REGION --probe URL --out FILE",
		Short: "Issue an invite for one applicant, or for each row of a table; its link goes to standard output",
		Long: `Issue an invite for one applicant; its link goes to standard output.

With --csv FILE one is issued for each row of a table, all of them or none, and
--out becomes a table with a link, a code and a message for each. The table's first
row names its columns: ` + strings.Join(invites.Columns(), ", ") + `.
Only the first is needed; what a row leaves empty is as the flags say.

With --program and --program-link an older program of the applicant's does not act
upon the invite, and says which version it is, which one is asked for, and where to
get it. A program older than this option takes such an invite for unreadable.`,
		Args: cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error { return issue(cmd, f) }),
	}
	fl := cmd.Flags()
	fl.StringVar(&f.keys, "keys", "", "folder with the keys")
	fl.StringVar(&f.applicant, "applicant", "", "your own reference for the applicant (no name needed)")
	fl.StringVar(&f.name, "name", "", "the applicant's name; it is kept in the server's database and not put into the invite")
	fl.StringVar(&f.role, "role", "", "the role applied for, as customer-service")
	fl.StringVar(&f.region, "region", "", "the region, as EU")
	fl.StringVar(&f.language, "language", "", "language of the page that the applicant sees, as de; their browser's where empty")
	fl.StringVar(&f.probe, "probe", "", "address of your server, as https://jobs.example")
	fl.StringVar(&f.pin, "probe-pin", "", "pin of the server's certificate, instead of asking the server for it")
	fl.StringVar(&f.policy, "policy", "", "policy file; the built-in one for customer service where empty")
	fl.StringVar(&f.expires, "expires", "14d", "how long the invite counts, as 14d or 36h")
	fl.IntVar(&f.runs, "runs", invites.UsualRuns, "how many runs it allows")
	fl.BoolVar(&f.legalName, "legal-name", false, "ask for the full legal name as electronic signature")
	fl.BoolVar(&f.voice, "voice-sample", false, "ask for a recording of the applicant reading aloud; the applicant decides")
	fl.StringVar(&f.program, "program", "", "oldest version of the applicant's program that will do, as 1.4.0; any where empty")
	fl.StringVar(&f.programLink, "program-link", "", "https address where that version can be had; an older program shows it")
	fl.StringVar(&f.csv, "csv", "", "table of applicants, as CSV")
	fl.StringVar(&f.out, "out", "", "file for the invite, or for the table of links")
	f.add(cmd, "the server's data folder: the invite gets a code to type, which goes to standard output after the link")
	must(cmd, "keys", "probe", "out")
	cmd.MarkFlagsOneRequired("applicant", "csv")
	cmd.MarkFlagsMutuallyExclusive("applicant", "csv")
	cmd.MarkFlagsMutuallyExclusive("name", "csv")
	cmd.MarkFlagsRequiredTogether("program", "program-link")
	return cmd
}

func issue(cmd *cobra.Command, f inviteFlags) error {
	wishes, err := f.wishes()
	if err != nil {
		return err
	}
	origin, err := exchange.ParseOrigin(f.probe)
	if err != nil {
		return cli.Fail(cli.Usage, "--probe: %w", err)
	}
	k, err := readKeys(f.keys)
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
	if err := k.AddOrigin(origin.String(), time.Now()); err != nil {
		return err
	}
	if f.csv != "" {
		return f.issueTable(cmd, k, origin.String(), wishes)
	}
	issued, err := f.issue(cmd.Context(), func(s string) { cmd.PrintErrln(s) }, k, origin.String(), wishes)
	if err != nil {
		return err
	}
	if err := os.WriteFile(f.out, append(issued[0].Sealed, '\n'), 0o600); err != nil {
		return err
	}
	link := issued[0].Link()
	cmd.Println(link)
	if len(link) > invites.LongestLink {
		cmd.PrintErrln("the link is to be pasted: it is longer than a click passes on in Windows; send " + f.out + ", or have a short link with --data, the server's data folder")
	}
	if f.given() {
		cmd.Println(issued[0].Typed)
		cmd.PrintErrln("the page for the applicant: " + issued[0].Web)
		if f.pin != "" {
			cmd.PrintErrln("the code works where applicants' computers know the server's certificate (--acme or --tls-cert of serve); until then send the link or the file")
		}
	}
	return nil
}

// wishes are what the flags and the table ask for.
func (f inviteFlags) wishes() ([]invites.Wish, error) {
	switch {
	case f.csv != "" && !f.given():
		return nil, cli.Fail(cli.Usage, "--csv: the codes are looked up in the server's database: say where it is, with --data or --database")
	case (f.name != "" || f.language != "") && !f.given():
		return nil, cli.Fail(cli.Usage, "--name and --language are kept in the server's database: say where it is, with --data or --database")
	}
	text, err := policyText(f.policy)
	if err != nil {
		return nil, err
	}
	w := invites.Wish{
		Applicant: f.applicant, Name: f.name, Role: f.role, Region: f.region, Language: f.language, PolicyText: text, Runs: f.runs, LegalName: f.legalName, Voice: f.voice,
	}
	if w.Life, err = invites.ParseLife(f.expires); err != nil {
		return nil, flagged(err)
	}
	if w.Program, err = invites.ParseProgram(f.program, f.programLink); err != nil {
		return nil, flagged(err)
	}
	if f.csv == "" {
		return []invites.Wish{w}, flagged(w.Check())
	}
	table, err := cli.ReadFile(f.csv, invites.MaxTable+1) // a larger one is refused with what to do
	if err != nil && !errors.Is(err, cli.ErrLarger) {
		return nil, cli.Fail(cli.Usage, "--csv: %w", err)
	}
	list, err := invites.ReadCSV(bytes.NewReader(table), w)
	if err != nil {
		return nil, cli.Fail(cli.Usage, "%s: %w", f.csv, err)
	}
	return list, nil
}

// flagged says what is wrong with a wish by the name of its flag.
func flagged(err error) error {
	var p *invites.Problem
	if errors.As(err, &p) {
		return cli.Fail(cli.Usage, "--%s %s", p.Field, p.Text)
	}
	return err
}

// issue issues the invites, with codes where a database was named.
func (f inviteFlags) issue(ctx context.Context, warn func(string), k *keys.Folder, origin string, wishes []invites.Wish) ([]invites.Issued, error) {
	if !f.given() {
		return invites.NewDesk(k, nil, origin, f.pin).Issue(ctx, wishes, time.Now())
	}
	trust, err := k.Trust()
	if err != nil {
		return nil, err
	}
	db, err := f.open(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	known, err := db.Tenants(ctx)
	if err == nil && len(known) > 0 && !slices.Contains(known, trust.Value().Tenant) {
		err = cli.Fail(cli.Usage, "this database holds nothing of the keys' organisation: is it the server's?")
	}
	if err != nil {
		return nil, err
	}
	if len(known) == 0 {
		warn("the database was empty: start the server with it, or the codes find nothing")
	}
	t, err := db.Tenant(ctx, trust.Value().Tenant)
	if err != nil {
		return nil, err
	}
	issued, err := invites.NewDesk(k, t, origin, f.pin).Issue(ctx, wishes, time.Now())
	if err != nil {
		return nil, err
	}
	return issued, t.Note(ctx, store.Act{Time: time.Now(), Who: "command", What: "invite.issued", Detail: strconv.Itoa(len(issued))})
}

// issueTable issues the invites and writes the table of links. It opens the file first: who has
// no table has no links. An earlier table is not written over, as its links stand nowhere else.
func (f inviteFlags) issueTable(cmd *cobra.Command, k *keys.Folder, origin string, wishes []invites.Wish) (err error) {
	w, err := os.OpenFile(f.out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("no invite was issued, as the file for the links cannot be made: %w; choose another name with --out", err)
	}
	defer func() {
		if err = errors.Join(err, w.Close()); err != nil {
			err = errors.Join(err, os.Remove(f.out))
		}
	}()
	issued, err := f.issue(cmd.Context(), func(s string) { cmd.PrintErrln(s) }, k, origin, wishes)
	if err != nil {
		return err
	}
	if err := errors.Join(invites.WriteCSV(w, issued), w.Sync()); err != nil {
		return fmt.Errorf("the links could not be written, issue the invites once more: %w", err)
	}
	cmd.Printf("%d invites; their links are in %s\n", len(issued), f.out)
	return nil
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
	return pinOf(origin.Hostname(), c.(*tls.Conn).ConnectionState().PeerCertificates), nil
}
