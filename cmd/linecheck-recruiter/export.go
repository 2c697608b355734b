package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"linecheck/cmd/internal/cli"
	"linecheck/cmd/linecheck-recruiter/internal/export"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
)

type exportFlags struct {
	databaseFlags
	trust, format, out string
	role, region       string
	verdict            string
	from, until        string
}

func exportCmd() *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export --data DIR|--database URL --trust FILE --format csv|jsonl",
		Short: "Write what is told of the reports as a table or as JSON lines",
		Long: `Write what is told of the reports as a table or as JSON lines, the newest first.

csv is for spreadsheets: one line a report, with columns that are the same in every
export. Each measurement has its number in a column of its name, and who measured it
("client" is the applicant's program, "server" the recruiter's probe) in the next;
a cell is empty where nothing was measured. What misses the minimum, or what is
recommended, stands in words in columns of its own, and what else was measured in the
last one. UTF-8 with a mark, commas, points in numbers, times in UTC: where a
program asks, say so, and take references for text. What a spreadsheet would take
for a formula begins with an apostrophe.

jsonl is for programs: one object a line ("schema":"linecheck.export/1"), with the
evidence whole and the result of every rule.

Every report is verified anew, as of when it was received. One that cannot be read
or is not authentic has its reason in "error", and keeps its line.`,
		Args: cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error { return exportReports(cmd, f) }),
	}
	f.add(cmd, "the server's data folder")
	fl := cmd.Flags()
	fl.StringVar(&f.trust, "trust", "", "the organisation's trust file")
	fl.StringVar(&f.format, "format", "", "csv or jsonl")
	fl.StringVar(&f.out, "out", "", "file to write, which has its name once it is complete; standard output where empty")
	fl.StringVar(&f.role, "role", "", "only reports for this role")
	fl.StringVar(&f.region, "region", "", "only reports for this region")
	fl.StringVar(&f.verdict, "verdict", "", "only reports with this verdict: ready, ready-with-warnings, not-ready or inconclusive")
	fl.StringVar(&f.from, "from", "", "only reports received on this day (UTC, as 2026-03-01) or later")
	fl.StringVar(&f.until, "until", "", "only reports received on this day (UTC) or earlier")
	must(cmd, "trust", "format")
	return cmd
}

func exportReports(cmd *cobra.Command, f exportFlags) error {
	q, err := f.query()
	if err != nil {
		return err
	}
	t, err := readTrustFile(f.trust)
	if err != nil {
		return cli.Fail(cli.Usage, "%s: %w", f.trust, err)
	}
	db, err := f.read(cmd.Context())
	if err != nil {
		return err
	}
	defer db.Close()
	s, err := tenantOf(cmd.Context(), db, t.Value().Tenant)
	if err != nil {
		return err
	}
	n := 0
	write := func(w io.Writer) error {
		n, err = export.Write(cmd.Context(), w, export.Format(f.format), s, t, q, time.Now())
		return err
	}
	if f.out == "" {
		err = write(cmd.OutOrStdout())
	} else {
		err = writeWhole(f.out, write)
	}
	if err != nil {
		return err
	}
	cmd.PrintErrf("%d reports\n", n)
	return nil
}

// query is what the flags ask for.
func (f exportFlags) query() (q store.Query, err error) {
	q = store.Query{Role: f.role, Region: f.region, Verdict: f.verdict}
	verdicts := []report.Verdict{"", report.Ready, report.ReadyWithWarnings, report.NotReady, report.Inconclusive}
	if !slices.Contains(verdicts, report.Verdict(f.verdict)) {
		return q, cli.Fail(cli.Usage, "--verdict %q is none: say ready, ready-with-warnings, not-ready or inconclusive", f.verdict)
	}
	if !slices.Contains([]export.Format{export.CSV, export.JSONLines}, export.Format(f.format)) {
		return q, cli.Fail(cli.Usage, "--format %q: %w", f.format, export.ErrFormat)
	}
	if q.From, err = day("--from", f.from); err != nil {
		return q, err
	}
	q.Until, err = day("--until", f.until)
	if !q.Until.IsZero() {
		q.Until = q.Until.AddDate(0, 0, 1) // that day too
	}
	return q, err
}

func day(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return t, cli.Fail(cli.Usage, "%s %q is not a day like 2026-03-01", flag, text)
	}
	return t, nil
}

// writeWhole writes a file that only its owner may read. It has its name once it is complete, and takes the place of a former one.
func writeWhole(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.part")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(write(f), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
