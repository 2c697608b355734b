package export_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/cmd/linecheck-recruiter/internal/export"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// written is an export with so many rows.
func (d *desk) written(t *testing.T, f export.Format, q store.Query, now time.Time, rows int) string {
	t.Helper()
	var out bytes.Buffer
	n, err := export.Write(t.Context(), &out, f, d.store, d.trust, q, now)
	if err != nil || n != rows {
		t.Fatalf("%d rows, not %d (%v)", n, rows, err)
	}
	return out.String()
}

// table reads CSV as it comes, each row by the names of its columns.
func table(t *testing.T, text string) (list []map[string]string) {
	t.Helper()
	body, ok := strings.CutPrefix(text, "\ufeff")
	if !ok || strings.Count(body, "\n") != strings.Count(body, "\r\n") {
		t.Errorf("no mark, or another end of a line than CR LF: %.100q", text)
	}
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		named := map[string]string{}
		for i, cell := range row {
			if _, twice := named[rows[0][i]]; twice {
				t.Fatalf("two columns are named %q", rows[0][i])
			}
			named[rows[0][i]] = cell
		}
		list = append(list, named)
	}
	return list
}

func TestCSV(t *testing.T) {
	d := newDesk(t)
	at := noon().AddDate(0, 0, -10)
	digest := d.take(t, usual("Anna", at))
	for i, kind := range []store.Decision{store.Repeat, store.Accepted} {
		if err := d.store.Decide(t.Context(), digest, store.Decided{Time: at.Add(time.Duration(i+1) * time.Hour), Person: "rita", Kind: kind, Note: "=note, \"quoted\"\nof two lines"}); err != nil {
			t.Fatal(err)
		}
	}
	rows := table(t, d.written(t, export.CSV, store.Query{}, noon(), 1))
	row := rows[0]
	if len(row["look-up code"]) != 11 || len(row["invite"]) != 32 {
		t.Errorf("%q %q", row["look-up code"], row["invite"])
	}
	delete(row, "look-up code")
	delete(row, "invite")
	for name, cell := range row {
		if cell == "" { // what was not measured
			delete(row, name)
		}
	}
	want := map[string]string{
		"report": digest, "received (UTC)": at.Add(time.Minute).Format(time.DateTime), "applicant": "A-Anna", "name": "Anna", "signature": "Anna Lee",
		"role": "customer-service", "region": "EU", "verdict": "not-ready", "observed": "yes",
		"decision": "accepted", "decided by": "rita", "decided (UTC)": at.Add(2 * time.Hour).Format(time.DateTime), "note": "'=note, \"quoted\"\nof two lines",
		"valid until": at.AddDate(0, 0, 90).Format(time.DateOnly), "valid": "yes", "run": "1", "runs": "1", "program": "linecheck", "version": "1.2", "os": "linux", "arch": "amd64",
		"below minimum":          "internet.download.mbps 4.2 Mbit/s (asked for: >= 10)",
		"below recommended":      "audio.output kind speakers (asked for: headphones)",
		"inconclusive":           "audio.microphone.noise.dbfs (asked for: <= -45)",
		"internet.download.mbps": "4.2", "internet.download.mbps by": "client", "internet.upload.mbps": "7.5", "internet.upload.mbps by": "server",
		"audio.microphone.speech.dbfs": "-25.5", "audio.microphone.speech.dbfs by": "client", "audio.output kind": "speakers",
		"other measurements": "internet.download.p90.mbps 5 Mbit/s by client",
	}
	if diff := cmp.Diff(want, row); diff != "" {
		t.Error(diff)
	}
	if row := table(t, d.written(t, export.CSV, store.Query{}, noon().AddDate(0, 0, 91), 1))[0]; row["valid"] != "no" || row["error"] != "" || row["internet.download.mbps"] != "4.2" {
		t.Errorf("when its days are over: %v", row)
	}
}

func TestJSONLines(t *testing.T) {
	d := newDesk(t)
	at := noon().AddDate(0, 0, -10)
	first, second := d.take(t, usual("Anna", at)), d.take(t, usual("Ben", at.Add(time.Hour)))
	lines := strings.Split(strings.TrimSuffix(d.written(t, export.JSONLines, store.Query{}, noon(), 2), "\n"), "\n")
	var rows []export.Row
	for _, line := range lines {
		var r export.Row
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	r := rows[1]
	if rows[0].Digest != second || r.Digest != first || r.Schema != "linecheck.export/1" || r.Decision != nil || !r.Valid || r.Error != "" {
		t.Errorf("%+v", rows)
	}
	if len(r.Rules) != 4 || r.Rules[0].Minimum != ">= 10" || r.Rules[0].Recommended != ">= 25" || r.Rules[0].Verdict != "not-ready" {
		t.Errorf("%+v", r.Rules)
	}
	if diff := cmp.Diff(usual("Anna", at).evidence, r.Evidence); diff != "" {
		t.Error(diff)
	}
}

// What cannot be read any more is told, and not left out; nor does it hide what the store knows of it.
func TestUnreadableReportsHaveARow(t *testing.T) {
	d := newDesk(t)
	at := noon().AddDate(0, 0, -10)
	d.take(t, usual("Anna", at))
	broken := store.Report{Digest: strings.Repeat("ab", 32), Session: "s", Verdict: "ready", Bundle: []byte("rubbish"),
		Invite: store.Invite{ID: "i", Applicant: "A-broken", Role: "other", Region: "US", Runs: 1, Issued: at, Ends: noon()}}
	if _, err := d.store.TakeIn(t.Context(), broken, at.Add(time.Hour), stamp{}); err != nil {
		t.Fatal(err)
	}
	rows := table(t, d.written(t, export.CSV, store.Query{}, noon(), 2))
	if r := rows[0]; r["error"] == "" || r["applicant"] != "A-broken" || r["role"] != "other" || r["verdict"] != "ready" || r["valid"] != "no" || r["internet.download.mbps"] != "" {
		t.Errorf("%v", r)
	}
	if rows[1]["error"] != "" {
		t.Errorf("%v", rows[1])
	}
	// A stranger's trust file makes every report unreadable, and no export.
	other := newDesk(t)
	d.trust = other.trust
	for _, line := range strings.Split(strings.TrimSpace(d.written(t, export.JSONLines, store.Query{}, noon(), 2)), "\n") {
		var r export.Row
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.Error == "" || len(r.Evidence) != 0 || r.Applicant == "" {
			t.Errorf("%s %v", line, err)
		}
	}
}

// The same query as a list's; an export has more than a page.
func TestFilteredAndPaged(t *testing.T) {
	d := newDesk(t)
	at := noon().AddDate(0, 0, -10)
	var wait sync.WaitGroup
	for i := range 1105 {
		role := []string{"r", "s"}[i%2]
		r := store.Report{Digest: fmt.Sprintf("%064x", i), Session: fmt.Sprint(i), Verdict: "ready", Bundle: []byte("b"),
			Invite: store.Invite{ID: fmt.Sprint(i), Applicant: fmt.Sprintf("A-%04d", i), Role: role, Region: "EU", Runs: 1, Issued: at, Ends: noon()}}
		wait.Go(func() {
			if _, err := d.store.TakeIn(context.Background(), r, at.Add(time.Duration(i)*time.Second), stamp{}); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, sort := range []store.Sort{store.Newest, store.Oldest, store.ByApplicant} {
		rows := table(t, d.written(t, export.CSV, store.Query{Sort: sort, Limit: 7, After: "rubbish"}, noon(), 1105))
		for i, r := range rows {
			if sort == store.Newest {
				i = len(rows) - 1 - i
			}
			if r["applicant"] != fmt.Sprintf("A-%04d", i) {
				t.Fatalf("%q: row %d is %s", sort, i, r["applicant"])
			}
		}
	}
	for _, c := range []struct {
		q    store.Query
		want int
	}{
		{store.Query{Role: "r"}, 553}, {store.Query{Role: "nobody"}, 0}, {store.Query{Verdict: "not-ready"}, 0}, {store.Query{Search: "A-0007"}, 1},
		{store.Query{From: at.Add(1000 * time.Second)}, 105}, {store.Query{Until: at.Add(10 * time.Second)}, 10}, {store.Query{Observed: "yes"}, 0},
	} {
		if rows := table(t, d.written(t, export.CSV, c.q, noon(), c.want)); len(rows) != c.want {
			t.Errorf("%+v: %d rows", c.q, len(rows))
		}
	}
	other, err := d.store.Store.Tenant(t.Context(), "ffffffffffffffff")
	if err != nil {
		t.Fatal(err)
	}
	d.store = other
	if text := d.written(t, export.CSV, store.Query{}, noon(), 0); strings.Count(text, "\r\n") != 1 || !strings.HasPrefix(text, "\ufeffreport,") {
		t.Errorf("another organisation's, or no head: %.300s", text)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWhatGoesWrongIsTold(t *testing.T) {
	d := newDesk(t)
	d.take(t, usual("Anna", noon().AddDate(0, 0, -1)))
	for _, f := range []export.Format{export.CSV, export.JSONLines} {
		if _, err := export.Write(t.Context(), full{}, f, d.store, d.trust, store.Query{}, noon()); err == nil || err.Error() != "disk full" {
			t.Errorf("%s: %v", f, err)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := export.Write(ended, &bytes.Buffer{}, f, d.store, d.trust, store.Query{}, noon()); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", f, err)
		}
	}
	if _, err := export.Write(t.Context(), &bytes.Buffer{}, "xlsx", d.store, d.trust, store.Query{}, noon()); !errors.Is(err, export.ErrFormat) {
		t.Errorf("%v", err)
	}
}

// Another program reads the same: Python's csv module.
func TestPythonReadsIt(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	d := newDesk(t)
	s := usual("Zoë \"Z\" Lee, of; two", noon().AddDate(0, 0, -1))
	d.take(t, s)
	text := d.written(t, export.CSV, store.Query{}, noon(), 1)
	cmd := exec.Command(python, "-c", `import csv, io, json, sys
rows = list(csv.DictReader(io.StringIO(sys.stdin.buffer.read().decode("utf-8-sig"), newline=""), strict=True))
json.dump(rows, sys.stdout)`)
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	if err := json.Unmarshal(out, &rows); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(table(t, text), rows); diff != "" || rows[0]["name"] != s.name {
		t.Error(diff)
	}
}
