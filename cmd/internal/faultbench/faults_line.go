//go:build linux

package main

import (
	"os"
	"time"

	"linecheck/checks/testnet"
	"linecheck/report"
)

// callFaults let the server be reached, and calls not.
func callFaults() []fault {
	network, server := report.FaultNetwork, report.FaultServer
	const dtls = "udp length > 8 @th,64,8 >= 20 @th,64,8 <= 63 drop"
	relay := func(secret, urls string) func(*world) (func(), error) {
		return func(w *world) (func(), error) {
			file := w.path("secret")
			if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
				return nil, err
			}
			end(w.serving)
			err := w.serve("--turn-secret-file", file, "--turn-external", urls)
			return func() { end(w.serving); _ = w.serve() }, err
		}
	}
	symmetric := func(w *world) (func(), error) {
		return nft(w.near, "chain out {\n type nat hook postrouting priority 100;\n oifname e0 masquerade random,fully-random\n}")
	}
	nobody := relay("a secret of nobody's", "turn:"+second+":3999?transport=udp,turn:"+second+":3999?transport=tcp")
	return []fault{
		{name: "UDP dropped", symptom: "offline", causes: []string{"network.udp.blocked"}, blame: network, inject: forward("meta l4proto udp drop")},
		{name: "UDP dropped, calls", symptom: "calls", causes: []string{"network.udp.blocked"}, blame: network, inject: forward("meta l4proto udp drop")},
		{name: "UDP turned down", symptom: "offline", causes: []string{"network.udp.rejected"}, blame: network, inject: forward("meta l4proto udp reject")},
		{name: "only 443, the rest dropped", symptom: "offline", causes: []string{"network.only-443"}, blame: network, inject: forward("tcp dport 443 accept\ntcp sport 443 accept\nmeta l4proto { tcp, udp } drop")},
		{name: "only 443, the rest turned down", symptom: "offline", causes: []string{"network.only-443"}, blame: network, inject: forward("tcp dport 443 accept\ntcp sport 443 accept\nmeta l4proto tcp reject with tcp reset\nmeta l4proto udp reject")},
		{name: "UDP limited to 10 packets a second", symptom: "offline", causes: []string{"network.udp.throttled"}, blame: network, inject: forward("meta l4proto udp limit rate over 10/second burst 12 packets drop")},
		{name: "large packets vanish", symptom: "offline", causes: []string{"network.packets.large"}, blame: network, inject: forward("ip length > 1300 drop")},
		{name: "large UDP packets vanish", symptom: "calls", causes: []string{"network.packets.large", "webrtc.packets.large"}, blame: network, inject: forward("meta l4proto udp ip length > 1100 drop")},
		{name: "encryption of calls dropped", symptom: "calls", causes: []string{"webrtc.dtls.blocked"}, blame: network, inject: forward(dtls)},
		{name: "call cut for good", symptom: "calls", causes: []string{"webrtc.media.stopped"}, blame: network, inject: after(9*time.Second, forward("drop"))},
		{name: "symmetric NAT without a relay", symptom: "calls", note: "webrtc.nat.no-relay", blame: server, inject: both(symmetric, nobody)},
		{name: "dead relay", symptom: "calls", note: "webrtc.turn.dead", blame: server, inject: nobody},
	}
}

// lineFaults make the line worse.
func lineFaults() []fault {
	network, you := report.FaultNetwork, report.FaultYou
	lossy := func(w *world) (func(), error) {
		return w.homeRules("chain i {\n type filter hook prerouting priority -300;\n iifname h0 numgen random mod 100 < 30 drop\n}")
	}
	hogs := func(direction string) func(*world) (func(), error) {
		return func(w *world) (func(), error) {
			sink, err := w.fake(w.line.Far, "hog", "sink", page+":5001")
			if err != nil {
				return nil, err
			}
			hog, err := w.fake(w.near, "hog", direction, page+":5001")
			time.Sleep(time.Second) // it has to be under way
			return func() { end(hog); end(sink) }, err
		}
	}
	return []fault{
		{name: "slow line, 3/1 Mbit/s", symptom: "slow", causes: []string{"internet.download.slow", "internet.upload.slow"}, blame: network, inject: on(func(l *testnet.Line) { *l = testnet.Symmetric(3, 1, 30*time.Millisecond, 0, 100*time.Millisecond) })},
		{name: "asymmetric line, 60/1 Mbit/s", symptom: "slow", causes: []string{"internet.upload.slow"}, blame: network, inject: on(func(l *testnet.Line) { *l = testnet.Symmetric(60, 1, 30*time.Millisecond, 0, 100*time.Millisecond) })},
		{name: "bufferbloat, a second of queue", symptom: "slow", causes: []string{"internet.latency.loaded"}, blame: network, inject: on(func(l *testnet.Line) { *l = testnet.Symmetric(30, 15, 30*time.Millisecond, 0, time.Second) })},
		{name: "satellite, 600 ms", symptom: "slow", causes: []string{"internet.latency.high"}, blame: network, inject: on(func(l *testnet.Line) { *l = testnet.Symmetric(60, 30, 600*time.Millisecond, 0, 100*time.Millisecond) })},
		{name: "loss of 8 %", symptom: "choppy", causes: []string{"webrtc.loss.high", "internet.loss.high"}, blame: network, inject: on(func(l *testnet.Line) { l.Up.Loss, l.Down.Loss = 0.08, 0.08 })},
		{name: "loss of 8 %, slow", symptom: "slow", causes: []string{"internet.loss.high"}, blame: network, inject: on(func(l *testnet.Line) { l.Up.Loss, l.Down.Loss = 0.08, 0.08 })},
		{name: "jitter of 80 ms", symptom: "choppy", causes: []string{"internet.latency.unsteady", "webrtc.jitter.high", "internet.jitter.high"}, blame: network, inject: on(func(l *testnet.Line) { l.Up.Jitter, l.Down.Jitter = 80*time.Millisecond, 80*time.Millisecond })},
		{name: "VPN with a long way round", symptom: "slow", causes: []string{"network.vpn"}, blame: you, inject: vpn},
		{name: "loss on the way to the router", symptom: "choppy", causes: []string{"network.router.lossy"}, blame: network, inject: lossy},
		{name: "a download of this computer", symptom: "slow", causes: []string{"network.traffic"}, blame: you, inject: both(on(func(l *testnet.Line) { *l = testnet.Symmetric(12, 6, 30*time.Millisecond, 0, 300*time.Millisecond) }), hogs("down"))},
		{name: "an upload of this computer", symptom: "slow", causes: []string{"network.traffic"}, blame: you, inject: both(on(func(l *testnet.Line) { *l = testnet.Symmetric(40, 4, 30*time.Millisecond, 0, 300*time.Millisecond) }), hogs("up"))},
	}
}
