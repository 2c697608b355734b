//go:build linux

package main

import (
	"math"
	"time"

	"linecheck/checks/audio/virtual"
	"linecheck/checks/testnet"
	"linecheck/report"
)

func sine(cycles float64) float64 { return math.Sin(2 * math.Pi * cycles) }

// pairs are two faults at once: the one that explains more, or does more harm, comes first.
func pairs() []fault {
	network := report.FaultNetwork
	find := func(name string) func(*world) (func(), error) {
		for _, list := range [][]fault{wayFaults(), serverFaults(), callFaults(), lineFaults(), soundFaults(), computerFaults()} {
			for _, f := range list {
				if f.name == name {
					return f.inject
				}
			}
		}
		panic("there is no fault " + name)
	}
	pair := func(symptom, a, b string, blame report.Fault, causes []string, also ...string) fault {
		return fault{name: a + " + " + b, symptom: symptom, pair: true, causes: causes, also: also, blame: blame, inject: both(find(a), find(b))}
	}
	spoken := hearing(virtual.View(virtual.Headset), virtual.Headset, voice())
	slow := on(func(l *testnet.Line) { *l = testnet.Symmetric(3, 1, 30*time.Millisecond, 0, 100*time.Millisecond) })
	return []fault{
		pair("offline", "slow resolver", "UDP dropped", network, []string{"network.udp.blocked"}),
		pair("offline", "slow resolver", "large packets vanish", network, []string{"network.packets.large"}),
		pair("offline", "dead resolver", "UDP turned down", network, []string{"network.dns.broken"}),
		pair("offline", "cable out", "server stopped", network, []string{"network.no-route"}),
		pair("offline", "nothing passes the router", "server stopped", network, []string{"network.offline"}),
		pair("offline", "captive portal by redirection", "UDP limited to 10 packets a second", network, []string{"network.captive"}),
		pair("offline", "server stopped", "slow resolver", report.FaultServer, []string{"network.server.away"}),
		pair("calls", "UDP dropped", "dead relay", network, []string{"network.udp.blocked"}),
		pair("calls", "large UDP packets vanish", "dead relay", network, []string{"network.packets.large", "webrtc.packets.large"}),
		pair("slow", "bufferbloat, a second of queue", "slow resolver", network, []string{"internet.latency.loaded", "network.dns.slow"}),
		{name: "slow line + loss to the router", symptom: "slow", pair: true, causes: []string{"network.router.lossy"}, blame: network, inject: both(slow, find("loss on the way to the router"))},
		pair("unheard", "muted microphone", "every core busy", report.FaultYou, []string{"audio.microphone.muted", "audio.microphone.silent"}, "machine.cpu.busy", "machine.cpu.late"),
		pair("computer", "every core busy", "little memory, 1 GB", report.FaultYou, []string{"machine.memory.small"}, "machine.cpu.busy"),
		pair("computer", "a fifth of a core", "full disk", report.FaultYou, []string{"machine.disk.full", "machine.cpu.cores.few"}, "machine.disk.full", "machine.cpu.cores.few"),
		{name: "server stopped, while somebody speaks", symptom: "all", pair: true, causes: []string{"network.server.away"}, blame: report.FaultServer, inject: both(spoken, find("server stopped"))},
	}
}
