package callpage

import (
	"encoding/json"
	"errors"
	"math"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"linecheck/checks/testnet"
	"linecheck/cmd/internal/browsertest"
	"linecheck/cmd/internal/progtest"
)

// linkVariable names the link that the test opens in a browser, when it runs at the
// applicant's end of a line for the test that made the line.
const linkVariable = "CALLPAGE_LINK"

// TestBrowserAtItsEnd is the browser's part: it says what the page measured.
func TestBrowserAtItsEnd(t *testing.T) {
	link := os.Getenv(linkVariable)
	if link == "" {
		t.Skip("a part of TestBrowserAndProgramAgree, which runs it at the end of a line")
	}
	m := open(t).visit(link)
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("MEASURED %s", data)
}

// On one line that is slow and loses packets, browser and program see the same.
func TestBrowserAndProgramAgree(t *testing.T) {
	if testing.Short() {
		t.Skip("runs whole programs and a browser over an emulated line; left out with -short")
	}
	browsertest.Program(t)
	p, err := theirs()
	if err != nil {
		t.Fatal(err)
	}
	lab, err := testnet.Start(testnet.Symmetric(50, 20, 60*time.Millisecond, 0.02, 200*time.Millisecond), 1)
	if errors.Is(err, testnet.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lab.Close() })
	dir := t.TempDir()
	keys, invite := filepath.Join(dir, "keys"), filepath.Join(dir, "invite")
	run := func(cmd *exec.Cmd) string {
		t.Helper()
		cmd.Env = append(os.Environ(), "LINECHECK_HOME="+filepath.Join(dir, "home"))
		out, err := cmd.CombinedOutput()
		if err != nil && cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return string(out)
	}
	run(exec.Command(p.recruiter, "keygen", "--out", keys, "--name", "Example Ltd"))
	server := lab.Far(p.recruiter, "serve", "--keys", keys, "--data", filepath.Join(dir, "data"), "--listen", testnet.FarAddr+":443", "--calls", testnet.FarAddr+":3478")
	progtest.Serve(t, server)
	run(lab.Far(p.recruiter, "invite", "--keys", keys, "--applicant", "A", "--role", "r", "--region", "EU", "--probe", "https://"+testnet.FarAddr+":443", "--out", invite))
	text := run(lab.Near(p.support, "run", "--invite", invite, "--check", "webrtc.media", "--yes", "--no-upload"))
	link := regexp.MustCompile(`https://\S+/webrtc#\S+`).FindString(text)
	if link == "" {
		t.Fatalf("no link in\n%s", text)
	}
	browser := lab.Near(os.Args[0], "-test.run", "^TestBrowserAtItsEnd$", "-test.v")
	browser.Env = append(os.Environ(), linkVariable+"="+link)
	said, err := browser.CombinedOutput()
	_, data, ok := strings.Cut(string(said), "MEASURED ")
	var m measured
	if line, _, _ := strings.Cut(data, "\n"); !ok || json.Unmarshal([]byte(line), &m) != nil {
		t.Fatalf("the browser's part failed: %v\n%s", err, said)
	}
	compare(t, link, m)
}

// compare holds what the page measured against the figures in the link.
func compare(t *testing.T, link string, m measured) {
	t.Helper()
	_, fragment, _ := strings.Cut(link, "#")
	own, err := url.ParseQuery(fragment)
	if err != nil {
		t.Fatal(err)
	}
	number := func(key string) float64 {
		v, err := strconv.ParseFloat(own.Get(key), 64)
		if err != nil {
			t.Fatalf("%s in %s: %v", key, link, err)
		}
		return v
	}
	for _, way := range []string{"direct", "turn-udp", "turn-tcp", "turn-tls"} {
		if w := m.Ways[way]; w.MS == nil {
			t.Errorf("%s did not connect: %q %q", way, w.Error, w.Detail)
		} else {
			t.Logf("%s: connected in %.0f ms", way, *w.MS)
		}
	}
	if m.RTT == nil || m.Loss == nil || m.Low == nil || m.High == nil {
		t.Fatalf("the page has no figures: %+v", m)
	}
	rtt, loss, n := number("rtt"), number("loss"), number("n")
	reach := 1.96 * math.Sqrt(loss*(1-loss)/n)
	t.Logf("round trip %.1f and %.1f ms, loss %.4f (%.4f to %.4f) and %.4f, %s", *m.RTT, rtt, *m.Loss, *m.Low, *m.High, loss, m.Verdict)
	if math.Abs(*m.RTT-rtt) > 5 || *m.Low > loss+reach || *m.High < loss-reach {
		t.Errorf("browser and program do not agree")
	}
}
