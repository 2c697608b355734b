package siege

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"linecheck/cmd/internal/pgtest"
	"linecheck/cmd/internal/progtest"
	"linecheck/cmd/linecheck-recruiter/internal/sample"
)

var (
	programs = progtest.Of("linecheck-recruiter")
	postgres pgtest.Server
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "linecheck-siege-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	programs.Dir = dir
	code := m.Run()
	postgres.Stop()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// fort is a server that can be killed and started again at the same address.
type fort struct {
	*sample.Org
	t        testing.TB
	program  string
	data     string
	database string
	listen   string
	url      string
	more     []string // arguments
	cmd      *exec.Cmd
	client   *http.Client
	log      bytes.Buffer
}

func newFort(t testing.TB) *fort {
	t.Helper()
	if testing.Short() {
		t.Skip("starts servers")
	}
	paths, err := programs.Paths()
	if err != nil {
		t.Fatal(err)
	}
	f := &fort{Org: sample.New(t, time.Now()), t: t, program: paths[0], data: filepath.Join(t.TempDir(), "data"), listen: "127.0.0.1:0"}
	f.client = &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, MaxIdleConnsPerHost: 64}}
	t.Cleanup(f.kill)
	return f
}

// start starts the server, and waits until it listens.
func (f *fort) start() {
	f.t.Helper()
	args := []string{"serve", "--keys", f.Folder, "--data", f.data, "--listen", f.listen, "--public-url", sample.Origin}
	if f.database != "" {
		args = append(args, "--database", f.database)
	}
	f.cmd = exec.Command(f.program, append(args, f.more...)...)
	f.cmd.Stderr = &f.log
	out, err := f.cmd.StdoutPipe()
	if err != nil {
		f.t.Fatal(err)
	}
	if err := f.cmd.Start(); err != nil {
		f.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	fields := strings.Fields(line)
	if err != nil || len(fields) < 3 {
		_ = f.cmd.Wait()
		f.t.Fatalf("the server does not start: %q %v\n%s", line, err, f.log.String())
	}
	f.listen, f.url = fields[2], "https://"+fields[2]
}

// kill ends the server at once.
func (f *fort) kill() {
	if f.cmd != nil {
		_ = f.cmd.Process.Kill()
		_ = f.cmd.Wait()
		f.cmd = nil
	}
	f.client.CloseIdleConnections()
}

// reports are reports ready to be sent, each of another applicant.
func (f *fort) reports(n int) [][]byte {
	f.t.Helper()
	list, now := make([][]byte, n), time.Now()
	for i := range list {
		inv, sealed := f.Invite(f.t, fmt.Sprint("A-", i), "customer-service", "EU", now)
		list[i] = sample.JSON(f.t, f.Report(f.t, inv, sealed, sample.Good(), now))
	}
	return list
}

// send sends something to a path, and returns the status and the answer's code or body.
func (f *fort) send(path string, body io.Reader, head map[string]string) (int, string, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, f.url+path, body)
	if err != nil {
		return 0, "", err
	}
	for k, v := range head {
		req.Header.Set(k, v)
	}
	r, err := f.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	var e struct {
		Code string `json:"code"`
	}
	if json.Unmarshal(data, &e) == nil && e.Code != "" {
		return r.StatusCode, e.Code, err
	}
	return r.StatusCode, string(data), err
}

// resident is the most memory that the server has used, in MB.
func (f *fort) resident() int {
	f.t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", f.cmd.Process.Pid))
	if err != nil {
		f.t.Skip("needs Linux")
	}
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		f.t.Fatal(err)
	}
	return kb / 1000
}

// well checks that the server still does its work.
func (f *fort) well() {
	f.t.Helper()
	if status, answer, err := f.send("/v1/reports", bytes.NewReader(f.reports(1)[0]), nil); status != http.StatusOK || err != nil {
		f.t.Errorf("a good report is answered %d %.200s (%v)", status, answer, err)
	}
}
