//go:build unix

package e2e

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/policy"
	"linecheck/report/verify"
)

// recruiterFolder makes a key folder and writes n authentic reports of n applicants.
func recruiterFolder(b *testing.B, program string, n int) (dir, trust string) {
	b.Helper()
	base := b.TempDir()
	keys := filepath.Join(base, "keys")
	if out, err := exec.Command(program, "keygen", "--out", keys).CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	link, err := exec.Command(program, "invite", "--keys", keys, "--applicant", "A", "--role", "r", "--region", "EU", "--probe", "https://jobs.example",
		"--probe-pin", "sha256:"+strings.Repeat("0", 64), "--out", filepath.Join(base, "invite")).Output()
	if err != nil {
		b.Fatal(err)
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimSpace(strings.TrimPrefix(string(link), "linecheck://invite/")))
	if err != nil {
		b.Fatal(err)
	}
	invite, err := envelope.Parse(raw)
	if err != nil {
		b.Fatal(err)
	}
	opened, _, err := verify.Peek(invite)
	if err != nil {
		b.Fatal(err)
	}
	dir = filepath.Join(base, "reports")
	if err := os.Mkdir(dir, 0o700); err != nil {
		b.Fatal(err)
	}
	for i := range n {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d.json", i)), oneReport(b, invite, opened), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return dir, filepath.Join(keys, "trust.json")
}

func oneReport(b *testing.B, invite envelope.Envelope, o envelope.Opened[report.Invite]) []byte {
	key, err := envelope.NewKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	inv := o.Value()
	r := report.Report{InviteID: inv.ID, Nonce: inv.Nonce, SessionKey: key.Public().ID(), Started: inv.Issued, Finished: inv.Issued, PolicySHA256: policy.Digest([]byte(inv.Policy))}
	for i := range 12 {
		e := report.Evidence{Check: fmt.Sprintf("check.%d", i), Revision: 1, Started: inv.Issued, Outcome: report.Measured, Facts: map[string]string{}}
		for j := range 7 {
			e.Metrics = append(e.Metrics, report.Metric{Key: fmt.Sprintf("check.%d.metric.%d.ms", i, j), Value: report.Number(i * j), Unit: "ms", Origin: report.Client, Samples: 100})
		}
		r.Evidence = append(r.Evidence, e)
	}
	e, err := envelope.Seal(key, report.ReportType, []envelope.Subject{envelope.On("invite", o.Digest())}, r)
	if err != nil {
		b.Fatal(err)
	}
	data, err := bundle.Bundle{Schema: bundle.Schema, Invite: &invite, Observations: []envelope.Envelope{}, Report: e}.JSON()
	if err != nil {
		b.Fatal(err)
	}
	return data
}

// BenchmarkVerifyProcess times one whole process that verifies one report,
// beside minisign verifying the same file, in turn in the same run. The ratio should be 2 at most.
func BenchmarkVerifyProcess(b *testing.B) {
	minisign, err := exec.LookPath("minisign")
	if err != nil {
		b.Skip("minisign is not installed")
	}
	p, err := theirs()
	if err != nil {
		b.Fatal(err)
	}
	dir, trust := recruiterFolder(b, p.recruiter, 1)
	file := filepath.Join(dir, "00000.json")
	public, secret := filepath.Join(dir, "m.pub"), filepath.Join(dir, "m.key")
	for _, args := range [][]string{{"-G", "-W", "-p", public, "-s", secret}, {"-S", "-s", secret, "-m", file}} {
		if out, err := exec.Command(minisign, args...).CombinedOutput(); err != nil {
			b.Fatalf("minisign %v: %v: %s", args, err, out)
		}
	}
	var ours, theirs []time.Duration
	for b.Loop() {
		begin := time.Now()
		cmd := exec.Command(p.recruiter, "verify", file, "--trust", trust)
		if _ = cmd.Run(); cmd.ProcessState.ExitCode() != 5 {
			b.Fatal("not authentic")
		}
		middle := time.Now()
		if err := exec.Command(minisign, "-V", "-q", "-p", public, "-m", file).Run(); err != nil {
			b.Fatal(err)
		}
		ours, theirs = append(ours, middle.Sub(begin)), append(theirs, time.Since(middle))
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	us, them := ours[len(ours)/2], theirs[len(theirs)/2]
	b.ReportMetric(float64(us.Microseconds()), "us/ours")
	b.ReportMetric(float64(them.Microseconds()), "us/minisign")
	b.ReportMetric(float64(us)/float64(them), "of-minisign")
}

// BenchmarkVerifyFolder verifies a folder of 10,000 reports on one core and on
// all, and says how much memory the process took at most.
func BenchmarkVerifyFolder(b *testing.B) {
	p, err := theirs()
	if err != nil {
		b.Fatal(err)
	}
	const n = 10_000
	dir, trust := recruiterFolder(b, p.recruiter, n)
	run := func(procs string) (time.Duration, int64) {
		cmd := exec.Command(p.recruiter, "verify", dir, "--trust", trust)
		cmd.Env = append(os.Environ(), "GOMAXPROCS="+procs)
		begin := time.Now()
		if _ = cmd.Run(); cmd.ProcessState.ExitCode() != 5 {
			b.Fatalf("exit %d", cmd.ProcessState.ExitCode())
		}
		return time.Since(begin), cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	}
	for b.Loop() {
		one, _ := run("1")
		two, most := run("2")
		b.ReportMetric(n/one.Seconds(), "reports/s-1-core")
		b.ReportMetric(n/two.Seconds(), "reports/s-2-cores")
		b.ReportMetric(float64(most)/1024, "MB-most")
	}
}
