package e2e

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecheck/checks/testnet"
	"linecheck/cmd/internal/progtest"
	"linecheck/report"
)

// lab is a recruiter's server at the far end of an emulated line, and a firewall before it.
type lab struct {
	t      *testing.T
	net    *testnet.Lab
	p      programs
	dir    string
	invite string
}

// newLab starts the server with more arguments, and other programs of the far end.
func newLab(t *testing.T, line testnet.Line, more ...string) *lab {
	t.Helper()
	return newLabAt(t, line, testnet.FarAddr, more...)
}

// newLabAt is the same at another address of the far end, 10.199.0.3 or one of
// fd00:199::2 and ::3: both ends have IPv6 alone then.
func newLabAt(t *testing.T, line testnet.Line, far string, more ...string) *lab {
	t.Helper()
	if testing.Short() {
		t.Skip("runs whole programs over emulated lines for minutes; left out with -short")
	}
	p, err := theirs()
	if err != nil {
		t.Fatal(err)
	}
	net, err := testnet.Start(line, 1)
	if errors.Is(err, testnet.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = net.Close() })
	l := &lab{t: t, net: net, p: p, dir: t.TempDir()}
	if _, err := exec.LookPath("nft"); err != nil {
		t.Skip("a firewall needs the program nft (Debian package: nftables)")
	}
	if out, err := net.Far("sh", "-c", "ip addr add 10.199.0.3/24 dev $(ls /sys/class/net | grep ^lc)").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if strings.HasPrefix(far, "[") {
		for i, end := range []func(string, ...string) *exec.Cmd{net.Near, net.Far} {
			script := fmt.Sprintf("dev=$(ls /sys/class/net | grep ^lc) && ip addr flush dev $dev && ip addr add fd00:199::%d/64 dev $dev nodad && ip -6 route add default dev $dev", i+1)
			if i == 1 {
				script += " && ip addr add fd00:199::3/64 dev $dev nodad"
			}
			if out, err := end("sh", "-c", script).CombinedOutput(); err != nil {
				t.Skipf("no IPv6 here: %v: %s", err, out)
			}
		}
	}
	if out, err := exec.Command(p.recruiter, "keygen", "--out", l.path("keys"), "--name", "Example").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	args := append([]string{"serve", "--keys", l.path("keys"), "--data", l.path("data"), "--listen", far + ":443", "--calls", far + ":3478"}, more...)
	progtest.Serve(t, l.net.Far(p.recruiter, args...))
	l.invite = l.path("invite")
	policy := (&world{t: t, dir: l.dir}).policy(map[string]string{"webrtc.connect": "webrtc.connect.ms", "webrtc.media": "webrtc.rtt.ms"})
	if out, err := l.net.Far(p.recruiter, "invite", "--keys", l.path("keys"), "--applicant", "a", "--role", "r", "--region", "EU",
		"--probe", "https://"+far+":443", "--runs", "99", "--policy", policy, "--out", l.invite).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return l
}

// readmeCoturn are coturn's options as the README gives them, for this lab.
func (l *lab) readmeCoturn(secret string) []string {
	l.t.Helper()
	text, err := os.ReadFile("../../../README.md")
	if err != nil {
		l.t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(text), "\n    turnserver ")
	command, _, ended := strings.Cut(after, "\n\n")
	if !ok || !ended {
		l.t.Fatal("the README has no command for coturn")
	}
	command = strings.NewReplacer(`"$(cat secret)"`, "SECRET", "\\\n", " ").Replace(command)
	options := strings.Fields(command)
	for i, o := range options {
		switch o {
		case "SECRET":
			options[i] = secret
		case "ADDRESS-OF-THE-PROBE":
			options[i] = testnet.FarAddr
		case "turn.crt":
			options[i] = l.path("data/server.crt")
		case "turn.key":
			options[i] = l.path("data/server.key")
		}
	}
	return options
}

// addIPv6 gives both ends addresses of IPv6 beside those they have: fd00:199::1, and fd00:199::2 and ::3.
func (l *lab) addIPv6() {
	l.t.Helper()
	add := func(end func(string, ...string) *exec.Cmd, addr string) {
		if out, err := end("sh", "-c", "ip addr add "+addr+"/64 dev $(ls /sys/class/net | grep ^lc) nodad").CombinedOutput(); err != nil {
			l.t.Skipf("no IPv6 here: %v: %s", err, out)
		}
	}
	add(l.net.Near, "fd00:199::1")
	add(l.net.Far, "fd00:199::2")
	add(l.net.Far, "fd00:199::3")
}

func (l *lab) path(name string) string { return filepath.Join(l.dir, name) }

// start starts a program and waits until it says that it is ready.
func start(t *testing.T, ready string, cmd *exec.Cmd) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), ready) {
			go func() {
				for lines.Scan() { // what it says afterwards is nobody's business
				}
			}()
			return
		}
	}
	t.Fatalf("%s did not start", cmd.Path)
}

// firewall puts rules before the far end, in the place of those before.
func (l *lab) firewall(rules ...string) {
	l.t.Helper()
	l.rules(l.net.Far, rules...)
}

// rules puts rules before one end.
func (l *lab) rules(end func(string, ...string) *exec.Cmd, rules ...string) {
	l.t.Helper()
	script := "table inet lc\ndelete table inet lc\ntable inet lc {\n chain in {\n type filter hook input priority 0;\n" + strings.Join(rules, "\n") + "\n }\n}\n"
	cmd := end("nft", "-f", "-")
	cmd.Stdin = strings.NewReader(script)
	if out, err := cmd.CombinedOutput(); err != nil {
		l.t.Fatalf("nft: %v: %s\n%s", err, out, script)
	}
}

// run runs a check as an applicant would; each calls once a progress of the check has come.
func (l *lab) run(check string, each func(e event)) (report.Evidence, time.Duration) {
	l.t.Helper()
	cmd := l.net.Near(l.p.support, "run", "--invite", l.invite, "--check", check, "--json", "--yes", "--no-upload")
	cmd.Env = append(os.Environ(), "LINECHECK_HOME="+l.t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		l.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	defer cmd.Wait()
	var ev report.Evidence
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			l.t.Fatalf("%v: %s", err, lines.Bytes())
		}
		if each != nil {
			each(e)
		}
		if e.Type == "finished" && e.Check == check {
			if err := json.Unmarshal(e.Evidence, &ev); err != nil {
				l.t.Fatal(err)
			}
		}
	}
	return ev, time.Duration(ev.ElapsedMS) * time.Millisecond
}

// told says what a check found out: its reason, or what stands in the way.
func told(ev report.Evidence) string {
	if ev.Outcome != report.Measured {
		return ev.Reason
	}
	return ev.Facts["trouble"]
}
