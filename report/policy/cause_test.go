package policy_test

import (
	"testing"

	"linecheck/assets"
	"linecheck/report"
	"linecheck/report/policy"
)

// seen is evidence of a check; unavailable is that of one that failed.
func seen(check string, facts map[string]string, metrics ...report.Metric) report.Evidence {
	return report.Evidence{Check: check, Revision: 1, Outcome: report.Measured, Facts: facts, Metrics: metrics}
}

func unavailable(check, reason string, fault report.Fault) report.Evidence {
	return report.Evidence{Check: check, Revision: 1, Outcome: report.Unavailable, Reason: reason, Fault: fault, Facts: map[string]string{}}
}

func number(key, unit string, v float64) report.Metric {
	return report.Metric{Key: key, Unit: unit, Value: report.Number(v), Origin: report.Client}
}

func way(facts ...string) report.Evidence {
	all := map[string]string{"dns": "works", "ipv4": "works", "ipv6": "no-route", "server": "works", "tls": "pinned", "captive": "no", "vpn": "no", "proxy": "none", "udp": "works", "packets": "full"}
	for i := 0; i < len(facts); i += 2 {
		if all[facts[i]] = facts[i+1]; facts[i+1] == "" {
			delete(all, facts[i])
		}
	}
	return seen("network.path", all)
}

func built(t *testing.T) policy.Policy {
	t.Helper()
	return named(t, "customer-service")
}

func named(t *testing.T, id string) policy.Policy {
	t.Helper()
	text, err := assets.Policy(id)
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// dead are the checks of the line, each failed for a reason of its own.
func dead(reason string, fault report.Fault) []report.Evidence {
	return []report.Evidence{unavailable("internet.speed", "internet."+reason, fault), unavailable("webrtc.connect", "webrtc."+reason, fault), unavailable("webrtc.media", "webrtc."+reason, fault)}
}

// What keeps the server from being reached is told once, with who can act, and
// everything else is under it.
func TestTheCauseComesFirst(t *testing.T) {
	p := built(t)
	for _, tt := range []struct {
		name  string
		way   report.Evidence
		line  []report.Evidence
		code  string
		fault report.Fault
	}{
		{"no route", way("ipv4", "no-route", "server", "no-route", "tls", "", "udp", "", "captive", "no"), dead("no-route", report.FaultNetwork), "network.no-route", report.FaultNetwork},
		{"log-in page", way("server", "foreign", "tls", "stranger", "captive", "yes", "internet", "no"), dead("tls.intercepted", report.FaultNetwork), "network.captive", report.FaultNetwork},
		{"log-in page by lying names", way("dns", "lies", "server", "rejected", "tls", "", "captive", "yes", "internet", "no"), dead("server.away", report.FaultServer), "network.captive", report.FaultNetwork},
		{"proxy wants a password", way("server", "proxy.login", "proxy", "environment", "tls", ""), dead("broken", report.FaultNetwork), "network.proxy.login", report.FaultNetwork},
		{"dead proxy", way("server", "proxy.dead", "proxy", "system", "tls", ""), dead("server.away", report.FaultServer), "network.proxy.dead", report.FaultYou},
		{"dead names", way("dns", "broken", "ipv4", "unserved", "server", "dropped", "tls", "", "internet", "no"), dead("dns", report.FaultNetwork), "network.dns.broken", report.FaultNetwork},
		{"unknown name", way("dns", "name", "ipv4", "unserved", "server", "dropped", "tls", "", "internet", "yes"), dead("dns", report.FaultNetwork), "network.dns.name", report.FaultServer},
		{"stranger", way("tls", "stranger", "server", "foreign", "internet", "yes"), dead("tls.intercepted", report.FaultNetwork), "network.tls.intercepted", report.FaultNetwork},
		{"out of date", way("tls", "unfit"), dead("tls.certificate", report.FaultServer), "network.tls.certificate", report.FaultServer},
		{"clock", way("tls", "clock"), dead("clock.wrong", report.FaultYou), "network.clock.wrong", report.FaultYou},
		{"proxy needed", way("ipv4", "dropped", "server", "dropped", "tls", "", "internet", "no", "proxy.offered", "yes"), dead("timeout", report.FaultNetwork), "network.proxy.needed", report.FaultNetwork},
		{"no internet", way("ipv4", "dropped", "server", "dropped", "tls", "", "internet", "no"), dead("timeout", report.FaultNetwork), "network.offline", report.FaultNetwork},
		{"turned down", way("ipv4", "rejected", "server", "rejected", "tls", "", "internet", "no"), dead("server.away", report.FaultServer), "network.closed", report.FaultNetwork},
		{"server away", way("ipv4", "rejected", "server", "rejected", "tls", "", "internet", "yes"), dead("server.away", report.FaultServer), "network.server.away", report.FaultServer},
		{"server silent", way("ipv4", "dropped", "server", "dropped", "tls", "", "internet", "yes"), dead("timeout", report.FaultNetwork), "network.server.away", report.FaultServer},
		{"server fails", way("server", "failing", "internet", "yes"), dead("answer.foreign", report.FaultNetwork), "network.server.failing", report.FaultServer},
		{"TLS broken off", way("server", "rejected", "tls", "broken", "internet", "yes"), dead("broken", report.FaultNetwork), "network.tls.blocked", report.FaultNetwork},
		{"IPv6 alone", way("ipv4", "no-route", "ipv6", "unserved", "server", "no-route", "tls", ""), dead("no-route", report.FaultNetwork), "network.ipv6.only", report.FaultNetwork},
	} {
		for _, alone := range []bool{false, true} {
			evidence := []report.Evidence{tt.way}
			if !alone {
				evidence = append(evidence, tt.line...)
			}
			var checks []string
			for _, e := range evidence {
				checks = append(checks, e.Check)
			}
			a := policy.Appraise(p.Only(checks), evidence)
			first, ok := policy.First(a.Findings)
			if !ok || first.Code != tt.code || first.Fault != tt.fault || a.Verdict != report.Inconclusive {
				t.Errorf("%s, alone %v: %+v, verdict %s, want %s of %s", tt.name, alone, first, a.Verdict, tt.code, tt.fault)
			}
			for _, f := range a.Findings {
				if f.DependsOn == "" && f.Code != tt.code && f.Severity != report.Info {
					t.Errorf("%s, alone %v: a second one without a cause: %s", tt.name, alone, f.Code)
				}
			}
		}
	}
}

// On a line that works nothing is told of the way, and a wish of nobody's is no cause.
func TestNoFalseAlarm(t *testing.T) {
	p := built(t)
	for name, w := range map[string]report.Evidence{
		"plain": way(), "over IPv6 too": way("ipv6", "works"), "with a VPN": way("vpn", "carries"), "a public certificate": way("tls", "public"),
		"the server has no IPv6": way("ipv6", "unserved"), "smaller packets, told": way("packets", "small"), "addresses alone": way("dns", "none"),
		"no UDP looked at": way("udp", "", "packets", ""),
	} {
		a := policy.Appraise(p.Only([]string{"network.path"}), []report.Evidence{w})
		if len(a.Findings) > 0 || a.Verdict != report.Ready {
			t.Errorf("%s: %s, %+v", name, a.Verdict, a.Findings)
		}
	}
}

// A slow line has its cause where one is to be seen, and only then.
func TestCausesOfASlowLine(t *testing.T) {
	p := built(t)
	speed := seen("internet.speed", map[string]string{"steady.download": "yes", "steady.upload": "yes"},
		number("internet.download.mbps", "Mbit/s", 3), number("internet.upload.mbps", "Mbit/s", 0.5), number("internet.latency.idle.ms", "ms", 20),
		number("internet.jitter.ms", "ms", 2), number("internet.loss.ratio", "ratio", 0.2))
	for name, tt := range map[string]struct {
		metrics []report.Metric
		facts   []string
		code    string
	}{
		"weak Wi-Fi":       {[]report.Metric{number("network.wifi.signal.dbm", "dBm", -80)}, nil, "network.wifi.weak"},
		"lossy first step": {[]report.Metric{number("network.router.loss.ratio", "ratio", 0.3), number("network.wifi.signal.dbm", "dBm", -80)}, nil, "network.router.lossy"},
		"other traffic":    {[]report.Metric{number("network.traffic.download.mbps", "Mbit/s", 9)}, nil, "network.traffic"},
		"VPN":              {nil, []string{"vpn", "carries"}, "network.vpn"},
		"nothing seen":     {[]report.Metric{number("network.wifi.signal.dbm", "dBm", -50), number("network.router.loss.ratio", "ratio", 0.05)}, nil, "internet.loss.high"},
	} {
		w := way(tt.facts...)
		w.Metrics = tt.metrics
		a := policy.Appraise(p.Only([]string{"internet.speed"}), []report.Evidence{w, speed})
		first, ok := policy.First(a.Findings)
		if !ok || first.Code != tt.code || a.Verdict != report.NotReady || first.Severity != report.Failure {
			t.Errorf("%s: %+v, verdict %s", name, first, a.Verdict)
		}
	}
}

// A line is far away, or it swings; or both, and then it is far away that is told.
func TestALineThatSwings(t *testing.T) {
	p := named(t, "self-check")
	for name, tt := range map[string]struct {
		least, idle, p90, jitter float64
		code                     string
	}{
		"far":                  {600, 600, 601, 0.1, "internet.latency.high"},
		"swings":               {0.2, 126, 219, 27, "internet.latency.unsteady"},
		"far, swings a little": {180, 200, 250, 35, "internet.latency.high"},
		"jitter alone":         {20, 30, 70, 45, "internet.jitter.high"},
	} {
		speed := seen("internet.speed", map[string]string{"steady.download": "yes", "steady.upload": "yes"},
			number("internet.download.mbps", "Mbit/s", 60), number("internet.upload.mbps", "Mbit/s", 20), number("internet.latency.idle.ms", "ms", tt.idle),
			number("internet.latency.idle.p90.ms", "ms", tt.p90), number("internet.latency.least.ms", "ms", tt.least), number("internet.jitter.ms", "ms", tt.jitter), number("internet.loss.ratio", "ratio", 0))
		a := policy.Appraise(p.Only([]string{"internet.speed"}), []report.Evidence{way(), speed})
		if first, ok := policy.First(a.Findings); !ok || first.Code != tt.code || first.Check != "internet.speed" || first.Fault != report.FaultNetwork {
			t.Errorf("%s: %+v", name, first)
		}
	}
	steady := seen("internet.speed", map[string]string{"steady.download": "yes", "steady.upload": "yes"},
		number("internet.download.mbps", "Mbit/s", 60), number("internet.upload.mbps", "Mbit/s", 20), number("internet.latency.idle.ms", "ms", 20),
		number("internet.latency.idle.p90.ms", "ms", 120), number("internet.latency.least.ms", "ms", 10), number("internet.jitter.ms", "ms", 2), number("internet.loss.ratio", "ratio", 0))
	if a := policy.Appraise(p.Only([]string{"internet.speed"}), []report.Evidence{way(), steady}); len(a.Findings) > 0 {
		t.Errorf("where nothing is bad: %+v", a.Findings)
	}
}

// Chains end at their root: what a cause of a cause explains is under the first.
func TestChains(t *testing.T) {
	p := built(t)
	w := way("udp", "throttled")
	media := seen("webrtc.media", map[string]string{"trouble": "none"}, number("webrtc.rtt.ms", "ms", 30), number("webrtc.jitter.ms", "ms", 2),
		number("webrtc.loss.ratio", "ratio", 0.5), number("webrtc.mos", "MOS", 1.2))
	a := policy.Appraise(p.Only([]string{"webrtc.media"}), []report.Evidence{w, media})
	for _, f := range a.Findings {
		switch {
		case f.Code == "network.udp.throttled" && (f.DependsOn != "" || f.Severity != report.Failure):
			t.Errorf("the root: %+v", f)
		case f.Code != "network.udp.throttled" && f.DependsOn != "network.udp.throttled":
			t.Errorf("%s hangs on %q", f.Code, f.DependsOn)
		}
	}
	if a.Verdict != report.NotReady {
		t.Errorf("verdict %s", a.Verdict)
	}
}

// A test of the line that got no answer in time is the router's where that loses packets.
func TestATimeoutHasACause(t *testing.T) {
	p := built(t)
	w := way()
	w.Metrics = []report.Metric{number("network.router.loss.ratio", "ratio", 0.3)}
	a := policy.Appraise(p.Only([]string{"internet.speed"}), []report.Evidence{w, unavailable("internet.speed", "internet.timeout", report.FaultNetwork)})
	if first, ok := policy.First(a.Findings); !ok || first.Code != "network.router.lossy" {
		t.Errorf("first %+v", first)
	}
}

// A microphone that the system silences is told once.
func TestCausesOfSilence(t *testing.T) {
	p := built(t)
	mic := seen("audio.microphone", map[string]string{"muted": "yes", "forbidden": "no", "voice": "no"}, number("audio.microphone.zeros.ratio", "ratio", 1))
	a := policy.Appraise(p.Only([]string{"audio.microphone"}), []report.Evidence{mic})
	first, ok := policy.First(a.Findings)
	if !ok || first.Code != "audio.microphone.muted" {
		t.Errorf("first %+v", first)
	}
	for _, f := range a.Findings {
		if f.Code != first.Code && f.DependsOn != first.Code {
			t.Errorf("%s stands beside it", f.Code)
		}
	}
}
