package e2e

import (
	"fmt"
	"math"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"linecheck/checks/testnet"
	"linecheck/report"
)

// goodLine is one on which nothing is wrong by itself.
func goodLine() testnet.Line {
	return testnet.Symmetric(50, 20, 20*time.Millisecond, 0, 100*time.Millisecond)
}

// Firewalls as they are found in hotels and companies, made for real: each is named right, and in time.
func TestFirewalls(t *testing.T) {
	t.Parallel()
	l := newLab(t, goodLine())
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
		{"UDP is rejected", []string{"meta l4proto udp reject"}, "udp.rejected", "direct-tcp", map[string]string{"turn-udp": "udp.rejected", "direct": "udp.rejected"}},
		{"UDP is prohibited", []string{"meta l4proto udp reject with icmpx admin-prohibited"}, "udp.rejected", "direct-tcp", map[string]string{"direct": "udp.rejected"}},
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
}

// Large packets are dropped, as where a tunnel on the way is not told of.
func TestLargePacketsAreDropped(t *testing.T) {
	t.Parallel()
	l := newLab(t, goodLine())
	l.firewall("udp length > 1000 drop")
	ev, _ := l.run("webrtc.media", nil)
	loss, _ := ev.Metric("webrtc.loss.ratio")
	if told(ev) != "packets.large" || loss.Value > 0.02 {
		t.Errorf("it says %q with %v of the voice lost", told(ev), loss.Value)
	}
}

// A call is cut in its middle, and nothing comes back.
func TestACallIsCut(t *testing.T) {
	t.Parallel()
	l := newLab(t, goodLine())
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
}

// coturn is the TURN server beside the probe, with these options more.
func (l *lab) coturn(t *testing.T, more ...string) *exec.Cmd {
	t.Helper()
	return l.coturnAt(t, testnet.FarAddr, more...)
}

// coturnAt is the same at another address.
func (l *lab) coturnAt(t *testing.T, addr string, more ...string) *exec.Cmd {
	t.Helper()
	args := append([]string{
		"-n", "--listening-ip", addr, "--relay-ip", addr, "--listening-port", "3480", "--tls-listening-port", "5349",
		"--realm", "linecheck", "--use-auth-secret", "--no-cli", "--no-dtls", "--log-file", "stdout", "--pidfile", filepath.Join(t.TempDir(), "pid"),
	}, more...)
	cmd := l.net.Far("turnserver", args...)
	start(t, "DB connection", cmd)
	return cmd
}

// What can be wrong with the recruiter's own relay, made for real with coturn: it is named, and held against nobody.
func TestExternalRelay(t *testing.T) {
	t.Parallel()
	const secret = "a secret of the tests alone"
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("turnserver"); err != nil {
		t.Skip("needs coturn (Debian package: coturn)")
	}
	relay := "10.199.0.2:3480"
	l := newLab(t, goodLine(), "--turn-secret-file", file,
		"--turn-external", "turn:"+relay+"?transport=udp,turn:"+relay+"?transport=tcp,turns:10.199.0.2:5349?transport=tcp")
	own := []string{"--cert", l.path("data/server.crt"), "--pkey", l.path("data/server.key")}
	stranger := []string{"--cert", l.path("x.crt"), "--pkey", l.path("x.key")}
	if out, err := exec.Command("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
		"-keyout", stranger[3], "-out", stranger[1], "-subj", "/O=Example Firewall").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	good := append([]string{"--static-auth-secret", secret}, own...)
	for _, tt := range []struct {
		name, told, ours string
		options          []string
		facts            map[string]string
	}{
		{"good, for the echo alone", "none", "", append([]string{"--allowed-peer-ip", testnet.FarAddr, "--denied-peer-ip", "0.0.0.0-255.255.255.255"}, good...), map[string]string{"turn-udp": "connected", "turn-tcp": "connected", "turn-tls": "connected"}},
		{"another secret", "none", "turn.credentials", append([]string{"--static-auth-secret", "x" + secret}, own...), map[string]string{"turn-udp": "turn.credentials", "turn-tls": "turn.credentials"}},
		{"relays to nobody", "none", "turn.refused", append([]string{"--denied-peer-ip", testnet.FarAddr}, good...), map[string]string{"turn-udp": "turn.refused"}},
		{"a stranger's certificate", "tls.intercepted", "", append([]string{"--static-auth-secret", secret}, stranger...), map[string]string{"turn-tls": "tls.intercepted", "issuer": "Example Firewall", "turn-tcp": "connected"}},
		{"full", "none", "turn.quota", append([]string{"--total-quota", "1", "--user-quota", "1"}, good...), nil},
		{"hangs", "none", "turn.dead", good, map[string]string{"turn-tcp": "turn.dead"}},
		{"is not there", "none", "turn.dead", nil, map[string]string{"turn-udp": "udp.rejected", "turn-tcp": "tcp.rejected"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.options != nil {
				cmd := l.coturn(t, tt.options...)
				if tt.name == "hangs" {
					if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil {
						t.Fatal(err)
					}
				}
			}
			ev, took := l.run("webrtc.connect", nil)
			if told(ev) != tt.told || ev.Facts["ours"] != tt.ours || ev.Facts["way"] != "direct" {
				t.Errorf("it says %q and of its own end %q, want %q and %q: %v", told(ev), ev.Facts["ours"], tt.told, tt.ours, ev.Facts)
			}
			for k, want := range tt.facts {
				if ev.Facts[k] != want {
					t.Errorf("%s is %q, want %q", k, ev.Facts[k], want)
				}
			}
			if ev.Outcome != report.Measured || took > 10*time.Second {
				t.Errorf("outcome %s after %v", ev.Outcome, took)
			}
		})
	}
}

// A network with IPv6 alone: every way works there too, relays included.
func TestCallsOverIPv6Alone(t *testing.T) {
	t.Parallel()
	const far = "[fd00:199::2]"
	l := newLabAt(t, goodLine(), far)
	ev, _ := l.run("webrtc.connect", nil)
	if told(ev) != "none" || ev.Facts["family"] != "ipv6" {
		t.Errorf("it says %q over %q: %v", told(ev), ev.Facts["family"], ev.Facts)
	}
	for _, way := range []string{"direct", "turn-udp", "direct-tcp", "turn-tls", "turn-tcp"} {
		if ev.Facts[way] != "connected" {
			t.Errorf("%s: %s", way, ev.Facts[way])
		}
	}
}

// coturn on a network of IPv6 alone relays too: it is asked for a relay of the echo's family.
func TestCoturnOverIPv6Alone(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("turnserver"); err != nil {
		t.Skip("needs coturn (Debian package: coturn)")
	}
	const secret, far = "a secret of the tests alone", "[fd00:199::2]"
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	l := newLabAt(t, goodLine(), far, "--turn-secret-file", file,
		"--turn-external", "turn:"+far+":3480?transport=udp,turn:"+far+":3480?transport=tcp,turns:"+far+":5349?transport=tcp")
	options := l.readmeCoturn(secret)
	for i, o := range options {
		if o == testnet.FarAddr {
			options[i] = "fd00:199::2"
		}
	}
	l.coturnAt(t, "fd00:199::2", options...)
	ev, _ := l.run("webrtc.connect", nil)
	for _, way := range []string{"direct", "turn-udp", "turn-tcp", "turn-tls"} {
		if ev.Facts[way] != "connected" {
			t.Errorf("%s: %s", way, ev.Facts[way])
		}
	}
	if told(ev) != "none" || ev.Facts["ours"] != "" {
		t.Errorf("it says %q, of its own end %q", told(ev), ev.Facts["ours"])
	}
}

// What is measured of a line is what the line was set to. Jitter is a normally
// distributed delay here; two such delays differ by 2/sqrt(pi) of its deviation in the mean.
// Its long queue spoils the voice when the line is full, though it is good when nothing else moves.
func TestFiguresOfALine(t *testing.T) {
	const jitter = 3.0
	line := testnet.Symmetric(20, 5, 80*time.Millisecond, 0, 800*time.Millisecond)
	line.Up.Loss, line.Down.Loss = 0.03, 0.01
	line.Up.Jitter, line.Down.Jitter = jitter*time.Millisecond, jitter*time.Millisecond
	ev, took := newLab(t, line).run("webrtc.media", nil)
	got := map[string]float64{}
	for _, m := range ev.Metrics {
		got[m.Key] = float64(m.Value)
	}
	t.Logf("%v %v", took, ev.Facts)
	near := func(key string, want, within float64) {
		t.Helper()
		if v, ok := got[key]; !ok || math.Abs(v-want) > within {
			t.Errorf("%s is %.4f, want %.4f within %.4f", key, v, want, within)
		}
		t.Logf("%s is %.4f of %.4f", key, got[key], want)
	}
	near("webrtc.rtt.ms", 80, 0.02*80+1)
	near("webrtc.rtt.datachannel.ms", 85, 15) // SCTP slows down where packets are lost
	wander := jitter * 2 / math.Sqrt(math.Pi)
	near("webrtc.jitter.ms.up", wander, 0.05*wander+0.2)
	near("webrtc.jitter.ms.down", wander, 0.05*wander+0.2)
	for key, set := range map[string]float64{"webrtc.loss.ratio.up": 0.03, "webrtc.loss.ratio.down": 0.01, "webrtc.video.loss.ratio.up": 0.03, "webrtc.video.loss.ratio.down": 0.01} {
		// Four intervals of 95 % would miss in one of five runs: here they are as wide as those of 99.9 %.
		low, high := got[key+".low"], got[key+".high"]
		middle := (low + high) / 2
		near(key, set, (high-middle)*3.29/1.96)
	}
	if got["webrtc.mos"] < 3.5 || got["webrtc.mos"] > 4.3 {
		t.Errorf("MOS %.2f", got["webrtc.mos"])
	}
	if got["webrtc.mos.loaded"] == 0 || got["webrtc.mos.loaded"] > got["webrtc.mos"]-0.5 || got["webrtc.loaded.rtt.ms"] < 110 {
		t.Errorf("MOS %.2f on a full line, round trip %.0f ms", got["webrtc.mos.loaded"], got["webrtc.loaded.rtt.ms"])
	}
	t.Logf("full: MOS %.2f, round trip %.0f ms, %.1f and %.1f Mbit/s; back after %.0f ms", got["webrtc.mos.loaded"], got["webrtc.loaded.rtt.ms"],
		got["webrtc.loaded.download.mbps"], got["webrtc.loaded.upload.mbps"], got["webrtc.reconnect.ms"])
}

// With a second address at the far end it is told how what lies between filters.
func TestFiltering(t *testing.T) {
	t.Parallel()
	l := newLab(t, goodLine(), "--second-address", "10.199.0.3")
	for _, tt := range []struct{ name, rules, want string }{
		{"nothing", "", "endpoint-independent"},
		{"by address", "ct state established accept\nip saddr 10.199.0.2 accept\nmeta l4proto udp drop", "address-dependent"},
		{"by address and port", "ct state established accept\nmeta l4proto udp drop", "address-and-port-dependent"},
	} {
		l.rules(l.net.Near, tt.rules)
		ev, took := l.run("webrtc.connect", nil)
		if ev.Facts["filtering"] != tt.want || told(ev) != "none" || took > 5*time.Second {
			t.Errorf("%s: it says %q after %v: %v", tt.name, ev.Facts["filtering"], took, ev.Facts)
		}
	}
}

// A NAT that maps each server to another port, and a relay that is not there: calls to
// the server work, calls to other people would not. The relay is the recruiter's to have.
func TestSymmetricNATWithoutRelay(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("a secret of the tests alone"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := newLab(t, goodLine(), "--turn-secret-file", secret, "--turn-external", "turn:10.199.0.2:3999?transport=udp")
	nat := l.net.Near("nft", "-f", "-")
	nat.Stdin = strings.NewReader("table ip lcnat {\n chain out {\n type nat hook postrouting priority 100;\n masquerade random,fully-random\n }\n}\n")
	if out, err := nat.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	ev, _ := l.run("webrtc.connect", nil)
	if told(ev) != "none" || ev.Facts["nat"] != "endpoint-dependent" || ev.Facts["way"] != "direct" || ev.Facts["ours"] != "nat.no-relay" {
		t.Errorf("it says %q: %v", told(ev), ev.Facts)
	}
}

// The network is gone before the check begins.
func TestNoRoute(t *testing.T) {
	t.Parallel()
	l := newLab(t, goodLine())
	gone := false
	ev, took := l.run("webrtc.connect", func(e event) {
		if e.Type == "started" && !gone {
			gone = true
			if out, err := l.net.Near("sh", "-c", "ip addr flush dev $(ls /sys/class/net | grep ^lc)").CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		}
	})
	if told(ev) != "webrtc.no-route" || ev.Fault != report.FaultNetwork || took > 6*time.Second {
		t.Errorf("it says %q after %v, fault %s", told(ev), took, ev.Fault)
	}
}

// The applicant's network has IPv6 alone, the server IPv4 alone.
func TestIPv6AloneToAServerWithoutIt(t *testing.T) {
	t.Parallel()
	l := newLab(t, goodLine())
	script := "dev=$(ls /sys/class/net | grep ^lc) && ip addr flush dev $dev && ip addr add fd00:199::1/64 dev $dev nodad && ip -6 route add default dev $dev"
	if out, err := l.net.Near("sh", "-c", script).CombinedOutput(); err != nil {
		t.Skipf("no IPv6 here: %v: %s", err, out)
	}
	ev, took := l.run("webrtc.connect", nil)
	if told(ev) != "webrtc.ipv6.only" || ev.Fault != report.FaultNetwork || took > 3*time.Second {
		t.Errorf("it says %q after %v, fault %s", told(ev), took, ev.Fault)
	}
}

// coturn with the options of the README relays to the probe and to nobody else, in either family.
func TestCoturnAsTheReadmeSays(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"turnserver", "turnutils_uclient", "turnutils_peer"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("needs coturn (Debian package: coturn)")
		}
	}
	const secret, relay = "a secret of the tests alone", testnet.FarAddr + ":3480"
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	l := newLab(t, goodLine(), "--turn-secret-file", file,
		"--turn-external", "turn:"+relay+"?transport=udp,turn:"+relay+"?transport=tcp,turns:10.199.0.2:5349?transport=tcp")
	l.addIPv6()
	l.coturn(t, append([]string{"--listening-ip", "fd00:199::2", "--relay-ip", "fd00:199::2"}, l.readmeCoturn(secret)...)...)
	ev, _ := l.run("webrtc.connect", nil)
	for _, way := range []string{"turn-udp", "turn-tcp", "turn-tls"} {
		if ev.Facts[way] != "connected" {
			t.Errorf("%s: %s", way, ev.Facts[way])
		}
	}
	for _, tt := range []struct {
		peer    string
		relayed bool
	}{
		{testnet.FarAddr, true},
		{"10.199.0.3", false}, {testnet.NearAddr, false}, {"127.0.0.1", false},
		{"fd00:199::2", false}, {"fd00:199::3", false}, {"fd00:199::1", false}, {"::1", false}, {"::ffff:10.199.0.3", false},
	} {
		t.Run(tt.peer, func(t *testing.T) {
			family := "-x" // that of the relay's own address
			if netip.MustParseAddr(tt.peer).Is4() {
				family = "-X"
			}
			peer := l.net.Far("turnutils_peer", "-p", "3999", "-L", tt.peer)
			if peer.Start() == nil { // it ends at once where the address is not the far end's
				t.Cleanup(func() { _ = peer.Process.Kill(); _ = peer.Wait() })
			}
			for _, more := range []string{"-c", "-s"} { // by a channel, and by indications
				ask := l.net.Near("timeout", "8", "turnutils_uclient", "-c", more, family, "-n", "2", "-u", tt.peer+more, "-W", secret, "-p", "3480", "-e", tt.peer, "-r", "3999", testnet.FarAddr)
				out, _ := ask.CombinedOutput()
				refused, came := strings.Contains(string(out), "403 (Forbidden IP)"), strings.Contains(string(out), "tot_recv_msgs=2")
				if refused == tt.relayed || came && !tt.relayed {
					t.Errorf("refused %v, relayed %v: %.600s", refused, came, out)
				}
				if more == "-c" && came != tt.relayed {
					t.Errorf("relayed %v: %.600s", came, out)
				}
			}
		})
	}
}

// A server that is bound to no address, and reached at one that its system would not
// answer from by itself: every way works, in both families.
func TestServerOfManyAddresses(t *testing.T) {
	t.Parallel()
	for _, far := range []string{"10.199.0.3", "[fd00:199::2]"} {
		t.Run(far, func(t *testing.T) {
			l := newLabAt(t, goodLine(), far, "--listen", ":443", "--calls", ":3478", "--public-url", "https://"+far)
			ev, _ := l.run("webrtc.connect", nil)
			for _, way := range []string{"direct", "turn-udp", "direct-tcp", "turn-tls", "turn-tcp"} {
				if ev.Facts[way] != "connected" {
					t.Errorf("%s: %s", way, ev.Facts[way])
				}
			}
			if told(ev) != "none" || ev.Facts["ours"] != "" {
				t.Errorf("it says %q: %v", told(ev), ev.Facts)
			}
		})
	}
}

// On a line that would move all the bytes in less than a second there is a verdict too, and the
// adapter moves no more than was announced.
func TestLoadOnAFastLine(t *testing.T) {
	const announced = (8 + 120) << 20 // bytes
	for _, line := range []testnet.Line{
		testnet.Symmetric(900, 900, 20*time.Millisecond, 0, 50*time.Millisecond),
		testnet.Symmetric(900, 900, 100*time.Millisecond, 0, 200*time.Millisecond),
	} {
		t.Run(fmt.Sprintf("%.0f and %.0f Mbit/s, %v", line.Down.Rate/1e6, line.Up.Rate/1e6, 2*line.Up.Delay), func(t *testing.T) {
			l := newLab(t, line)
			downBefore, upBefore := l.net.Counts()
			ev, took := l.run("webrtc.media", nil)
			down, up := l.net.Counts()
			moved := down.Bytes - downBefore.Bytes + up.Bytes - upBefore.Bytes
			quality, _ := ev.Metric("webrtc.mos.loaded")
			if ev.Facts["loaded"] != "connected" || quality.Samples < 50 {
				t.Errorf("%+v %v", quality, ev.Facts)
			}
			if moved > announced {
				t.Errorf("%d bytes were moved, %d announced", moved, announced)
			}
			fast, _ := ev.Metric("webrtc.loaded.download.mbps")
			slow, _ := ev.Metric("webrtc.loaded.upload.mbps")
			t.Logf("%v: %.1f of %.1f MB; %.0f and %.0f Mbit/s, filled %s and %s, MOS %.2f of %d", took, float64(moved)/1e6, announced/1e6,
				fast.Value, slow.Value, ev.Facts["filled.download"], ev.Facts["filled.upload"], quality.Value, quality.Samples)
		})
	}
}
