package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/cmd/internal/progtest"
	"linecheck/cmd/linecheck-recruiter/internal/sample"
	"linecheck/report"
	"linecheck/report/strict"
)

// shortPolicy makes invites small, so that a whole report has about 10 kB.
const shortPolicy = `{"schema":"linecheck.policy/1","id":"short","version":1,"rules":[` +
	`{"id":"download","check":"internet.speed","metric":"internet.download.mbps","at_least":{"minimum":10},"finding":"internet.download.slow","fault":"network","source":"bench"},` +
	`{"id":"upload","check":"internet.speed","metric":"internet.upload.mbps","at_least":{"minimum":3},"observed":true,"finding":"internet.upload.slow","fault":"network","source":"bench"}]}`

// uploads are reports ready to be sent, each of another applicant.
func uploads(b *testing.B, o *sample.Org, n int) [][]byte {
	b.Helper()
	list := make([][]byte, n)
	var wait sync.WaitGroup
	var next atomic.Int64
	now, line := time.Now(), sample.Good()
	line.NoCall = true
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				inv, sealed := o.Invite(b, fmt.Sprint("A-", i), "customer-service", "EU", now)
				list[i] = sample.JSON(b, o.Report(b, inv, sealed, line, now))
			}
		})
	}
	wait.Wait()
	return list
}

// floorOf is the processor time that three Ed25519 verifications and the strict decoding of a report take, with all
// processors at work, as they are under load.
func floorOf(b *testing.B, text []byte) time.Duration {
	b.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	message := bytes.Repeat([]byte("x"), 3000)
	seal := ed25519.Sign(private, message)
	const rounds = 2000
	var wait sync.WaitGroup
	self := running{pid: os.Getpid()}
	before := self.spent(b)
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for range rounds {
				for range 3 {
					if !ed25519.Verify(public, message, seal) {
						b.Error("not verified")
					}
				}
				var r report.Report
				if err := strict.Decode(text, len(text), &r); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wait.Wait()
	return (self.spent(b) - before) / time.Duration(rounds*runtime.GOMAXPROCS(0))
}

// tenKilobytes is a report's payload of about 10 kB.
func tenKilobytes(b *testing.B) []byte {
	b.Helper()
	r := report.Report{SessionKey: "k", Evidence: []report.Evidence{}}
	for i := 0; ; i++ {
		n, _ := report.Num(float64(i) + 0.25)
		r.Evidence = append(r.Evidence, report.Evidence{Check: fmt.Sprint("c", i), Revision: 1, Outcome: report.Measured, Facts: map[string]string{"kind": "headphones"},
			Metrics: slices.Repeat([]report.Metric{{Key: "internet.download.mbps", Value: n, Unit: "Mbit/s", Origin: report.Client, Samples: 20}}, 8)})
		data, err := strict.Encode(r)
		if err != nil {
			b.Fatal(err)
		}
		if len(data) >= 10_000 {
			return data
		}
	}
}

// running is the server as it is shipped.
type running struct {
	url string
	pid int
}

func serveFor(b *testing.B, o *sample.Org, more ...string) running {
	b.Helper()
	paths, err := progtest.Build(b.TempDir(), "linecheck-recruiter")
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(paths[0], append([]string{"serve", "--keys", o.Folder, "--data", filepath.Join(b.TempDir(), "data"), "--listen", "127.0.0.1:0", "--public-url", sample.Origin}, more...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	line := make([]byte, 200)
	n, err := out.Read(line)
	fields := strings.Fields(string(line[:n]))
	if err != nil || len(fields) < 3 {
		b.Fatalf("the server says %q (%v)", line[:n], err)
	}
	return running{"https://" + fields[2], cmd.Process.Pid}
}

// spent is the processor time of a process.
func (r running) spent(b *testing.B) time.Duration {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.pid))
	if err != nil {
		b.Skip("needs Linux")
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+2:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// resident is the memory of a process, in MB.
func (r running) resident(b *testing.B) float64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	kb, _ := strconv.Atoi(strings.Fields(rest)[0])
	return float64(kb) / 1000
}

// send sends all reports over so many connections, and returns how long each took.
func send(b *testing.B, urls []string, list [][]byte, connections int) []time.Duration {
	b.Helper()
	took := make([]time.Duration, len(list))
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var wait sync.WaitGroup
	for c := range connections {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
		wait.Go(func() {
			defer client.CloseIdleConnections()
			for i := next.Add(1) - 1; i < int64(len(list)) && failed.Load() == nil; i = next.Add(1) - 1 {
				begun := time.Now()
				r, err := client.Post(urls[c%len(urls)]+"/v1/reports", "application/json", bytes.NewReader(list[i]))
				if err == nil {
					_, err = io.Copy(io.Discard, r.Body)
					r.Body.Close()
					if r.StatusCode != http.StatusOK {
						err = errors.Join(err, fmt.Errorf("status %d", r.StatusCode))
					}
				}
				if err != nil {
					failed.Store(&err)
					return
				}
				took[i] = time.Since(begun)
			}
		})
	}
	wait.Wait()
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
	return took
}

// Taking reports in over HTTPS, each durable before its receipt goes out, by the server as it is shipped,
// beside the floor: three Ed25519 verifications and the strict decoding of a report of 10 kB. Their ratio is of the
// processor time that a report costs, as the load comes from the same processors.
func BenchmarkIngest(b *testing.B) {
	o := sample.New(b, time.Now())
	o.Policy = shortPolicy
	n := 6000
	list := uploads(b, o, n+200)
	floor := floorOf(b, tenKilobytes(b))
	server := serveFor(b, o)
	send(b, []string{server.url}, list[n:], 20) // so that all is warm
	b.ResetTimer()
	before, begun := server.spent(b), time.Now()
	took := send(b, []string{server.url}, list[:n], 200)
	wall, cpu := time.Since(begun), server.spent(b)-before
	slices.Sort(took)
	each := cpu / time.Duration(n)
	b.ReportMetric(float64(n)/wall.Seconds(), "reports/s")
	b.ReportMetric(float64(each.Microseconds()), "cpu-µs/report")
	b.ReportMetric(float64(floor.Microseconds()), "floor-µs/report")
	b.ReportMetric(float64(floor)/float64(each), "of-floor")
	b.ReportMetric(float64(took[n*99/100].Milliseconds()), "p99-ms")
	b.ReportMetric(server.resident(b), "MB")
	b.ReportMetric(float64(len(list[0])), "bytes")
	b.ReportMetric(0, "ns/op")
}
