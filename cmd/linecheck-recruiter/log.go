package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"linecheck/cmd/internal/cli"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/render"
	"linecheck/report/strict"
	"linecheck/report/tlog"
	"linecheck/report/verify"
)

// logSchema names the JSON form of what was found of a log.
const logSchema = "linecheck.log/1"

type logFlags struct {
	databaseFlags
	trust string
	json  bool
}

func logCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "log", Short: "The append-only log of reports"}
	var f logFlags
	check := &cobra.Command{
		Use:   "verify --data DIR [--trust FILE] [FILE...]",
		Short: "Check the whole stored log against reports, receipts and checkpoints",
		Long: `Check the whole stored log against reports, receipts and checkpoints.

Every entry is recomputed from its report, and every receipt and the newest
checkpoint must be of this log. Files are checkpoints (from the server's
/v1/log/checkpoint) or reports with their receipt that were kept elsewhere: the
log must continue them, so that nothing was dropped or put in since. Without
--trust the seals are held against the keys that they name themselves.

Exit status: 0 the log holds, 6 it does not, 2 unreadable input, 1 could not run.`,
		RunE: cli.Run(func(cmd *cobra.Command, args []string) error { return verifyLog(cmd, args, f) }),
	}
	f.add(check, "the server's data folder")
	check.Flags().StringVar(&f.trust, "trust", "", "the organisation's trust file")
	check.Flags().BoolVar(&f.json, "json", false, "one JSON object")
	cmd.AddCommand(check)
	return cmd
}

func verifyLog(cmd *cobra.Command, files []string, f logFlags) error {
	if len(files) > 0 && f.trust == "" {
		return cli.Fail(cli.Usage, "files are only worth something with --trust")
	}
	open := unknownReceipt
	checkpoint := unknownCheckpoint
	var claims []store.Claim
	tenant := ""
	if f.trust != "" {
		t, err := readTrustFile(f.trust)
		if err != nil {
			return cli.Fail(cli.Usage, "%s: %w", f.trust, err)
		}
		tenant = t.Value().Tenant
		open = func(e envelope.Envelope) (report.Receipt, error) { return verify.Receipt(t, e) }
		checkpoint = func(e envelope.Envelope) (report.Checkpoint, error) { return verify.Checkpoint(t, e) }
		for _, name := range files {
			c, err := claimOf(t, name)
			if err != nil {
				return cli.Fail(cli.Usage, "%s: %w", name, err)
			}
			claims = append(claims, c)
		}
	}
	db, err := f.read(cmd.Context())
	if err != nil {
		return err
	}
	defer db.Close()
	s, err := tenantOf(cmd.Context(), db, tenant)
	if err != nil {
		return err
	}
	a, err := s.Audit(cmd.Context(), func(sealed []byte) (report.Receipt, error) {
		e, err := envelope.Parse(sealed)
		if err != nil {
			return report.Receipt{}, err
		}
		return open(e)
	}, claims)
	if err != nil {
		return err
	}
	if why := newest(a, checkpoint); why != "" {
		a.Faults = append(a.Faults, why)
	}
	return showLog(cmd.OutOrStdout(), a, f)
}

// newest says what is wrong with the newest checkpoint; empty where it is the log's.
func newest(a store.Audit, open func(envelope.Envelope) (report.Checkpoint, error)) string {
	if a.Size == 0 {
		return ""
	}
	e, err := envelope.Parse(a.Checkpoint)
	if err != nil {
		return "the newest checkpoint cannot be read"
	}
	c, err := open(e)
	if err != nil {
		return "the newest checkpoint is not authentic: " + err.Error()
	}
	if c.Log != a.ID || c.Size != a.Size || c.Root != a.Root {
		return "the newest checkpoint is of another log"
	}
	return ""
}

// claimOf reads a checkpoint or a report with its receipt that was kept elsewhere.
func claimOf(t verify.Trust, name string) (store.Claim, error) {
	data, err := readBounded(name)
	if err != nil {
		return store.Claim{}, err
	}
	if e, err := envelope.Parse(data); err == nil {
		c, err := verify.Checkpoint(t, e)
		return store.Claim{Source: name, Log: c.Log, Size: c.Size, Root: c.Root}, err
	}
	b, err := bundle.Parse(data)
	if err != nil {
		return store.Claim{}, err
	}
	if b.Receipt == nil {
		return store.Claim{}, errors.New("the report has no receipt")
	}
	r, err := verify.Receipt(t, *b.Receipt)
	return store.Claim{Source: name, Log: r.Log.ID, Size: r.Log.Size, Root: r.Log.Root}, err
}

// unknownReceipt opens a receipt by the key that it names itself.
func unknownReceipt(e envelope.Envelope) (report.Receipt, error) {
	key, err := envelope.ParsePublic(e.KeyID())
	if err != nil {
		return report.Receipt{}, err
	}
	o, err := envelope.Open[report.Receipt](e, key, report.ReceiptType)
	if err != nil {
		return report.Receipt{}, err
	}
	return o.Value(), tlog.Check(o.Value().Log, tlog.Commitment(o.Value().ReportSHA256, o.Value().Received))
}

// unknownCheckpoint opens a checkpoint by the key that it names itself.
func unknownCheckpoint(e envelope.Envelope) (report.Checkpoint, error) {
	key, err := envelope.ParsePublic(e.KeyID())
	if err != nil {
		return report.Checkpoint{}, err
	}
	o, err := envelope.Open[report.Checkpoint](e, key, report.CheckpointType)
	return o.Value(), err
}

func readTrustFile(name string) (verify.Trust, error) {
	data, err := readBounded(name)
	if err != nil {
		return verify.Trust{}, err
	}
	e, err := envelope.Parse(data)
	if err != nil {
		return verify.Trust{}, fmt.Errorf("%w: %w", verify.ErrTrust, err)
	}
	return verify.OpenTrust(e)
}

func readBounded(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, bundle.MaxCoat+1))
}

// logAnswer is the JSON form.
type logAnswer struct {
	Schema string `json:"schema"`
	// Intact says that there is no fault; Sealed that the seals were held against a trust file.
	Intact  bool     `json:"intact"`
	Sealed  bool     `json:"sealed"`
	Log     string   `json:"log"`
	Size    int64    `json:"size"`
	Root    string   `json:"root,omitzero"`
	Reports int64    `json:"reports"`
	Erased  int64    `json:"erased"`
	Faults  []string `json:"faults"`
	Notes   []string `json:"notes"`
}

func showLog(w io.Writer, a store.Audit, f logFlags) error {
	code := cli.OK
	if len(a.Faults) > 0 {
		code = cli.NotAuthentic
	}
	if f.json {
		line, err := strict.Encode(logAnswer{Schema: logSchema, Intact: code == cli.OK, Sealed: f.trust != "", Log: a.ID, Size: a.Size, Root: a.Root,
			Reports: a.Reports, Erased: a.Erased, Faults: append([]string{}, a.Faults...), Notes: append([]string{}, a.Notes...)})
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\n", line)
		return cli.End(code)
	}
	head := "the log holds"
	if code != cli.OK {
		head = "THE LOG DOES NOT HOLD"
	}
	fmt.Fprintf(w, "%s: %d entries, %d with their report, %d erased\n", head, a.Size, a.Reports, a.Erased)
	if a.Root != "" {
		fmt.Fprintf(w, "log %s, root %s\n", a.ID, a.Root)
	}
	for _, s := range a.Faults {
		fmt.Fprintf(w, "FAILED %s\n", render.Clean(s))
	}
	for _, s := range a.Notes {
		fmt.Fprintf(w, "note   %s\n", render.Clean(s))
	}
	if f.trust == "" {
		fmt.Fprintln(w, "note   the seals were not held against a trust file; give one with --trust")
	}
	return cli.End(code)
}
