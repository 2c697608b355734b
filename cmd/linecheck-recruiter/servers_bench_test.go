package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/cmd/internal/pgtest"
	"linecheck/cmd/linecheck-recruiter/internal/sample"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/envelope"
)

// Two hundred upload without a pause for a minute, or for as long as LINECHECK_SECONDS says: nothing fails, and nobody waits long.
func BenchmarkUploaders(b *testing.B) {
	seconds, err := strconv.Atoi(os.Getenv("LINECHECK_SECONDS"))
	if err != nil {
		seconds = 60
	}
	o := sample.New(b, time.Now())
	o.Policy = shortPolicy
	list := uploads(b, o, seconds*2600)
	server := serveFor(b, o)
	b.ResetTimer()
	begun, end := time.Now(), time.Now().Add(time.Duration(seconds)*time.Second)
	var took []time.Duration
	for len(list) > 0 && time.Now().Before(end) {
		n := min(len(list), 4000)
		took = append(took, send(b, []string{server.url}, list[:n], 200)...)
		list = list[n:]
	}
	slices.Sort(took)
	b.ReportMetric(time.Since(begun).Seconds(), "s")
	b.ReportMetric(float64(len(took))/time.Since(begun).Seconds(), "reports/s")
	b.ReportMetric(float64(took[len(took)*99/100].Milliseconds()), "p99-ms")
	b.ReportMetric(float64(took[len(took)-1].Milliseconds()), "max-ms")
	b.ReportMetric(server.resident(b), "MB")
	b.ReportMetric(0, "ns/op")
}

// busy is the time for which the machine's processors have worked.
func busy(b *testing.B) time.Duration {
	b.Helper()
	data, err := os.ReadFile("/proc/stat")
	if err != nil {
		b.Skip("needs Linux")
	}
	line, _, _ := strings.Cut(string(data), "\n")
	ticks := 0
	for i, f := range strings.Fields(line)[1:] {
		if n, _ := strconv.Atoi(f); i != 3 && i != 4 && i < 8 { // idle, waiting for disks, and guests, who are counted already
			ticks += n
		}
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// One server and two on the same PostgreSQL, beside what that takes in when nobody verifies, seals or speaks HTTP: the log
// grows by one transaction after another, whoever asks for it.
func BenchmarkServersOnPostgres(b *testing.B) {
	var pg pgtest.Server
	defer pg.Stop()
	rates := map[int]float64{}
	for _, servers := range []int{1, 2} {
		o := sample.New(b, time.Now())
		o.Policy = shortPolicy
		database := pg.Database(b)
		var urls []string
		var all []running
		for range servers {
			s := serveFor(b, o, "--database", database)
			urls, all = append(urls, s.url), append(all, s)
		}
		const n = 4000
		list := uploads(b, o, n+200)
		send(b, urls, list[n:], 20)
		before := make([]time.Duration, servers)
		for i, s := range all {
			before[i] = s.spent(b)
		}
		idle, all0 := pg.Spent(b), busy(b)
		begun := time.Now()
		send(b, urls, list[:n], 200)
		wall := time.Since(begun)
		var spent time.Duration
		for i, s := range all {
			spent += s.spent(b) - before[i]
		}
		rates[servers] = n / wall.Seconds()
		b.ReportMetric(rates[servers], fmt.Sprintf("reports/s-%d", servers))
		b.ReportMetric(spent.Seconds()/wall.Seconds(), fmt.Sprintf("cores-of-%d-servers", servers))
		b.ReportMetric((pg.Spent(b)-idle).Seconds()/wall.Seconds(), fmt.Sprintf("cores-of-postgres-%d", servers))
		b.ReportMetric((busy(b)-all0).Seconds()/wall.Seconds(), fmt.Sprintf("cores-at-work-%d", servers))
	}
	limit := databaseAlone(b, pg.Database(b))
	b.ReportMetric(limit, "reports/s-database-alone")
	b.ReportMetric(rates[2]/limit, "two-of-database-alone")
	b.ReportMetric(rates[2]/rates[1], "two-of-one")
	b.ReportMetric(0, "ns/op")
}

// nothing seals with nothing.
type nothing struct{}

func (nothing) Receipt(store.Report, store.Place, time.Time) ([]byte, error) {
	return make([]byte, 1500), nil
}

func (nothing) Checkpoint(report.LogEntry, time.Time) ([]byte, error) { return make([]byte, 500), nil }

// databaseAlone is how many reports a second the database takes in from 200 at once, half of them from another server's connections.
func databaseAlone(b *testing.B, address string) float64 {
	b.Helper()
	var desks []*store.Tenant
	for range 2 {
		db, err := store.Connect(b.Context(), address)
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		t, err := db.Tenant(b.Context(), "0123456789abcdef")
		if err != nil {
			b.Fatal(err)
		}
		desks = append(desks, t)
	}
	const n = 4000
	bundle := bytes.Repeat([]byte("x"), 10_000)
	var next atomic.Int64
	var wait sync.WaitGroup
	begun := time.Now()
	for worker := range 200 {
		wait.Go(func() {
			for i := next.Add(1); i <= n; i = next.Add(1) {
				d := envelope.Digest(fmt.Append(nil, i))
				r := store.Report{Digest: d, Session: d, Invite: store.Invite{ID: d[:32], Applicant: fmt.Sprint("A-", i), Role: "r", Region: "EU", Runs: 1}, Verdict: report.Ready, Bundle: bundle}
				if _, err := desks[worker%2].TakeIn(b.Context(), r, time.Now(), nothing{}); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	return n / time.Since(begun).Seconds()
}
