package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"linecheck/cmd/internal/cli"
	"linecheck/cmd/internal/pgtest"
)

// runOne runs one command in the desk's folder.
func (d *desk) runOne(t *testing.T, one *cobra.Command, args string) (code int, stdout, stderr string) {
	t.Helper()
	t.Chdir(d.dir)
	program := &cobra.Command{Use: name}
	program.AddCommand(one)
	var out, errs bytes.Buffer
	code = cli.Main(program, append([]string{one.Name()}, strings.Fields(args)...), strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func TestBackupAndRestore(t *testing.T) {
	d, stranger := newDesk(t, 5), newDesk(t, 1)
	for _, name := range []string{"server.crt", "server.key"} {
		d.keep(t, filepath.Join("data", name), []byte("x"))
	}
	d.keep(t, "prose.db", []byte("this is no database at all, however long one looks at it"))
	for _, c := range []struct {
		cmd  func() *cobra.Command
		args string
		code int
		want string
	}{
		{backupCmd, "--data data --keys keys --out saved.db", cli.OK, "saved.db: organisations: 1, reports: 5, invites: 1, log entries: 5; the file has 0."},
		{backupCmd, "--data data --keys keys --out saved.db", cli.Usage, "saved.db is there already"},
		{backupCmd, "--data data --out other.db", cli.OK, "server.key, which invites trust"},
		{backupCmd, "--data data --out missing/other.db", cli.CouldNotRun, "missing"},
		{backupCmd, "--data data --out third.db --keys " + filepath.Join(stranger.dir, "keys"), cli.Usage, "holds nothing of"},
		{backupCmd, "--data nowhere --out third.db", cli.Usage, "nowhere"},
		{backupCmd, "--out third.db", cli.Usage, "--data or --database"},
		{backupCmd, "--data data", cli.Usage, "out"},
		{restoreCmd, "--in saved.db --data anew", cli.OK, "restored: organisations: 1, reports: 5, invites: 1, log entries: 5; the file has 0."},
		{restoreCmd, "--in saved.db --data anew", cli.Usage, "not empty"},
		{restoreCmd, "--in saved.db --data data", cli.Usage, "not empty"},
		{restoreCmd, "--in prose.db --data third", cli.Usage, "not a backup"},
		{restoreCmd, "--in missing.db --data fourth", cli.Usage, "missing.db"},
		{restoreCmd, "--in saved.db", cli.Usage, "--data or --database"},
		{restoreCmd, "--data fourth", cli.Usage, "in"},
	} {
		code, out, errs := d.runOne(t, c.cmd(), c.args)
		if code != c.code || !strings.Contains(out+errs, c.want) {
			t.Errorf("%s: %d %s%s", c.args, code, out, errs)
		}
	}
	for _, made := range []string{"third.db", "fourth"} {
		if _, err := os.Stat(filepath.Join(d.dir, made)); err == nil {
			t.Errorf("%s was made", made)
		}
	}
	// The file and what was restored hold as logs, and go on from what was kept elsewhere.
	for _, data := range []string{"saved.db", "anew"} {
		if code, out, errs := d.run(t, "log", "verify", "--data", data, "--trust", "keys/trust.json", "report.txt", "checkpoint.json"); code != cli.OK || !strings.Contains(out, "the log holds: 5 entries") {
			t.Errorf("%s: %d %s%s", data, code, out, errs)
		}
	}
	// What came after the backup is missed by who kept it.
	d.take(t)
	if code, out, _ := d.run(t, "log", "verify", "--data", "saved.db", "--trust", "keys/trust.json", "report.txt"); code != cli.NotAuthentic {
		t.Errorf("%d %s", code, out)
	}
}

// The way to PostgreSQL and back.
func TestMoveToPostgres(t *testing.T) {
	var server pgtest.Server
	t.Cleanup(server.Stop)
	url := server.Database(t)
	d := newDesk(t, 3)
	for _, c := range []struct {
		cmd  func() *cobra.Command
		args string
	}{
		{backupCmd, "--data data --out first.db"}, {restoreCmd, "--in first.db --database " + url},
		{backupCmd, "--database " + url + " --out second.db"}, {restoreCmd, "--in second.db --data back"},
	} {
		if code, out, errs := d.runOne(t, c.cmd(), c.args); code != cli.OK || !strings.Contains(out, "reports: 3, invites: 1, log entries: 3") {
			t.Fatalf("%s: %d %s%s", c.args, code, out, errs)
		}
	}
	for _, args := range [][]string{{"--database", url}, {"--data", "second.db"}, {"--data", "back"}} {
		if code, out, errs := d.run(t, append([]string{"log", "verify", "--trust", "keys/trust.json", "report.txt", "checkpoint.json"}, args...)...); code != cli.OK {
			t.Errorf("%v: %d %s%s", args, code, out, errs)
		}
	}
	if code, _, errs := d.runOne(t, restoreCmd(), "--in first.db --database "+url); code != cli.Usage || !strings.Contains(errs, "not empty") {
		t.Errorf("%d %s", code, errs)
	}
}

// A restore that fails leaves no empty database behind, and a database is nobody else's to read.
func TestARestoreThatFailsLeavesNothing(t *testing.T) {
	d := newDesk(t, 1)
	d.keep(t, "rubbish.db", []byte("this is no backup"))
	code, _, says := d.runOne(t, restoreCmd(), "--in rubbish.db --data fresh")
	if left, err := os.ReadDir(filepath.Join(d.dir, "fresh")); code != cli.Usage || err != nil || len(left) != 0 {
		t.Errorf("%d %s, left %v (%v)", code, says, left, err)
	}
	code, _, says = d.runOne(t, restoreCmd(), "--in rubbish.db --data data")
	if i, err := os.Stat(filepath.Join(d.dir, "data", "linecheck.db")); code != cli.Usage || err != nil || i.Mode().Perm() != 0o600 {
		t.Errorf("%d %s, %v (%v)", code, says, i, err)
	}
}
