package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecheck/cmd/internal/cli"
)

func TestExport(t *testing.T) {
	d := newDesk(t, 3)
	d.keep(t, "prose.txt", []byte("hello"))
	today, yesterday := time.Now().UTC().Format(time.DateOnly), time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)
	for _, c := range []struct {
		args string
		code int
		want string // in what it says
		rows int    // of its output
	}{
		{"--format csv", cli.OK, "3 reports", 4},
		{"--format jsonl", cli.OK, "3 reports", 3},
		{"--format jsonl --from " + yesterday, cli.OK, "3 reports", 3},
		{"--format jsonl --until " + today, cli.OK, "3 reports", 3}, // that day too
		{"--format jsonl --until " + yesterday, cli.OK, "0 reports", 0},
		{"--format csv --role somebody", cli.OK, "0 reports", 1},
		{"--format jsonl --region somewhere", cli.OK, "0 reports", 0},
		{"--format jsonl --verdict ready", cli.OK, "0 reports", 0},
		{"--format xlsx", cli.Usage, "csv and jsonl", 0},
		{"--format csv --verdict splendid", cli.Usage, "splendid", 0},
		{"--format csv --from 1.3.2026", cli.Usage, "1.3.2026", 0},
		{"--format csv --until 2026-02-30", cli.Usage, "2026-02-30", 0},
		{"", cli.Usage, "format", 0},
	} {
		if today != time.Now().UTC().Format(time.DateOnly) {
			t.Skip("it is midnight")
		}
		code, out, errs := d.runOne(t, exportCmd(), "--data data --trust keys/trust.json "+c.args)
		if code != c.code || !strings.Contains(errs, c.want) || strings.Count(out, "\n") != c.rows {
			t.Errorf("%s: %d %s\n%s", c.args, code, errs, out)
		}
	}
	for _, args := range []string{"--data data --trust prose.txt --format csv", "--data nowhere --trust keys/trust.json --format csv", "--trust keys/trust.json --format csv", "--data data --format csv"} {
		if code, out, errs := d.runOne(t, exportCmd(), args); code != cli.Usage || out != "" || errs == "" {
			t.Errorf("%s: %d %s%s", args, code, out, errs)
		}
	}
}

// A file has its name once it is whole; a former one stays until then.
func TestExportToAFile(t *testing.T) {
	d := newDesk(t, 2)
	d.keep(t, "reports.csv", []byte("former"))
	const args = "--data data --trust keys/trust.json --out reports.csv --format "
	if code, _, errs := d.runOne(t, exportCmd(), args+"pdf"); code != cli.Usage {
		t.Errorf("%d %s", code, errs)
	}
	if data, err := os.ReadFile(filepath.Join(d.dir, "reports.csv")); string(data) != "former" || err != nil {
		t.Errorf("%q %v", data, err)
	}
	if code, out, errs := d.runOne(t, exportCmd(), args+"csv"); code != cli.OK || out != "" || errs != "2 reports\n" {
		t.Errorf("%d %q %q", code, out, errs)
	}
	data, err := os.ReadFile(filepath.Join(d.dir, "reports.csv"))
	if strings.Count(string(data), "\r\n") != 3 || !strings.HasPrefix(string(data), "\ufeffreport,") || err != nil {
		t.Errorf("%s %v", data, err)
	}
	if parts, _ := filepath.Glob(filepath.Join(d.dir, "*.part")); len(parts) != 0 {
		t.Errorf("left behind: %v", parts)
	}
	if code, _, _ := d.runOne(t, exportCmd(), "--data data --trust keys/trust.json --format csv --out missing/reports.csv"); code != cli.CouldNotRun {
		t.Errorf("%d", code)
	}
}
