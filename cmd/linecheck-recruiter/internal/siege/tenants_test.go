package siege

import (
	"bytes"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/sample"
)

// Two organisations on one server and in one database: each takes its own reports in, under its own address, and refuses the other's.
func TestTwoOrganisations(t *testing.T) {
	f := newFort(t)
	other := sample.New(t, time.Now())
	other.Origin = "https://other.example"
	if err := other.Keys.AddOrigin(other.Origin, time.Now()); err != nil {
		t.Fatal(err)
	}
	f.more = []string{"--tenant", other.Folder + "=" + other.Origin}
	f.start()
	now := time.Now()
	report := func(o *sample.Org) []byte {
		inv, sealed := o.Invite(t, "A-1", "r", "EU", now)
		return sample.JSON(t, o.Report(t, inv, sealed, sample.Good(), now))
	}
	mine, theirs := report(f.Org), report(other)
	post := func(host string, data []byte) (int, string) {
		req, _ := http.NewRequest(http.MethodPost, f.url+"/v1/reports", bytes.NewReader(data))
		req.Host = host
		r, err := f.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		text, _ := io.ReadAll(r.Body)
		return r.StatusCode, string(text)
	}
	for _, c := range []struct {
		host string
		data []byte
		want int
	}{
		{"jobs.example", theirs, 422}, {"other.example", mine, 422}, {"jobs.example", mine, 200}, {"other.example", theirs, 200}, {"JOBS.example:443", mine, 200}, {"third.example", mine, 421},
	} {
		if status, text := post(c.host, c.data); status != c.want {
			t.Errorf("%s: %d %.200s, want %d", c.host, status, text, c.want)
		}
	}
	for _, o := range []*sample.Org{f.Org, other} {
		out, err := exec.Command(f.program, "log", "verify", "--data", f.data, "--trust", filepath.Join(o.Folder, "trust.json")).Output()
		if err != nil || !strings.Contains(string(out), "the log holds: 1 entries") {
			t.Errorf("%s (%v)", out, err)
		}
	}
	if out, err := exec.Command(f.program, "log", "verify", "--data", f.data).CombinedOutput(); err == nil || !strings.Contains(string(out), "several organisations") {
		t.Errorf("%s (%v)", out, err)
	}
}
