package e2e

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecheck/checks/testnet"
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
	if testing.Short() {
		t.Skip("runs whole programs over emulated lines for minutes; left out with -short")
	}
	p, err := built()
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
	if out, err := exec.Command(p.recruiter, "keygen", "--out", l.path("keys"), "--name", "Example").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	args := append([]string{"serve", "--keys", l.path("keys"), "--data", l.path("data"), "--listen", testnet.FarAddr + ":443", "--calls", testnet.FarAddr + ":3478"}, more...)
	l.start("listening on", l.net.Far(p.recruiter, args...))
	l.invite = l.path("invite")
	policy := (&world{t: t, dir: l.dir}).policy(map[string]string{"webrtc.connect": "webrtc.connect.ms", "webrtc.media": "webrtc.rtt.ms"})
	if out, err := l.net.Far(p.recruiter, "invite", "--keys", l.path("keys"), "--applicant", "a", "--role", "r", "--region", "EU",
		"--probe", "https://"+testnet.FarAddr, "--runs", "99", "--policy", policy, "--out", l.invite).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return l
}

func (l *lab) path(name string) string { return filepath.Join(l.dir, name) }

// start starts a program of the far end and waits until it says that it is ready.
func (l *lab) start(ready string, cmd *exec.Cmd) {
	l.t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		l.t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
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
	l.t.Fatalf("%s did not start", cmd.Path)
}

// firewall puts rules before the far end, in the place of those before.
func (l *lab) firewall(rules ...string) {
	l.t.Helper()
	script := "table inet lc\ndelete table inet lc\ntable inet lc {\n chain in {\n type filter hook input priority 0;\n" + strings.Join(rules, "\n") + "\n }\n}\n"
	cmd := l.net.Far("nft", "-f", "-")
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

// Firewalls as they are found in hotels and companies, made for real: each is named right, and in time.
func TestFirewalls(t *testing.T) {
	l := newLab(t, testnet.Symmetric(50, 20, 20*time.Millisecond, 0, 100*time.Millisecond))
	const dtls = "udp length > 8 @th,64,8 >= 20 @th,64,8 <= 63 drop"
	for _, tt := range []struct {
		name  string
		rules []string
		told  string
		way   string
		facts map[string]string
	}{
		{"open", nil, "none", "direct", map[string]string{"turn-tcp": "connected", "turn-tls": "connected", "turn-udp": "connected", "direct-tcp": "connected", "family": "ipv4"}},
		{"UDP is dropped", []string{"meta l4proto udp drop"}, "udp.blocked", "direct-tcp", map[string]string{"turn-udp": "udp.blocked", "direct": "udp.blocked"}},
		{"UDP is rejected", []string{"meta l4proto udp reject"}, "udp.rejected", "direct-tcp", map[string]string{"turn-udp": "udp.rejected"}},
		{"UDP is prohibited", []string{"meta l4proto udp reject with icmpx admin-prohibited"}, "udp.rejected", "direct-tcp", nil},
		{"only 443, the rest dropped", []string{"meta l4proto udp drop", "tcp dport != 443 drop"}, "only-443", "direct-tcp", map[string]string{"turn-tcp": "tcp.blocked", "turn-tls": "connected"}},
		{"only 443, the rest rejected", []string{"meta l4proto udp reject", "tcp dport != 443 reject with tcp reset"}, "only-443", "direct-tcp", map[string]string{"turn-tcp": "tcp.rejected", "turn-tls": "connected"}},
		{"DTLS is dropped", []string{dtls}, "dtls.blocked", "turn-udp", map[string]string{"direct": "dtls.blocked"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l.firewall(tt.rules...)
			ev, took := l.run("webrtc.connect", nil)
			if told(ev) != tt.told || ev.Facts["way"] != tt.way {
				t.Errorf("it says %q by %q, want %q by %q: %v", told(ev), ev.Facts["way"], tt.told, tt.way, ev.Facts)
			}
			for k, want := range tt.facts {
				if ev.Facts[k] != want {
					t.Errorf("%s is %q, want %q", k, ev.Facts[k], want)
				}
			}
			if took > 11*time.Second {
				t.Errorf("it took %v", took)
			}
			t.Logf("%v %v", took, ev.Facts)
		})
	}
	t.Run("large packets are dropped", func(t *testing.T) {
		l.firewall("udp length > 1000 drop")
		ev, _ := l.run("webrtc.media", nil)
		loss, _ := ev.Metric("webrtc.loss.ratio")
		if told(ev) != "packets.large" || loss.Value > 0.02 {
			t.Errorf("it says %q with %v of the voice lost", told(ev), loss.Value)
		}
	})
	t.Run("cut in mid-call", func(t *testing.T) {
		l.firewall()
		cut := false
		ev, _ := l.run("webrtc.media", func(e event) {
			if e.Type == "progress" && e.Fraction > 0.3 && !cut {
				cut = true
				l.firewall("meta l4proto udp drop")
			}
		})
		if told(ev) != "webrtc.media.stopped" || ev.Fault != report.FaultNetwork {
			t.Errorf("it says %q, fault %s", told(ev), ev.Fault)
		}
	})
}
