package policy

import (
	"slices"

	"linecheck/report"
)

// table are the causes, the most fundamental first: what stands above explains
// what stands below, and not the other way round.
func table() []cause {
	return slices.Concat(wayCauses(), callCauses(), heldUp(), lineCauses(), computerCauses(), soundCauses())
}

// wayCauses keep the server from being reached at all.
func wayCauses() []cause {
	list := []cause{
		{code: "network.no-route", fault: report.FaultNetwork, seen: func(w way) bool {
			return w.is("ipv4", "no-route") && w.is("ipv6", "no-route") && !w.is("server", "works")
		}},
		{code: "network.captive", fault: report.FaultNetwork, seen: func(w way) bool { return w.is("captive", "yes") }},
		{code: "network.proxy.login", fault: report.FaultNetwork, seen: func(w way) bool { return w.is("server", "proxy.login") }},
		{code: "network.proxy.refused", fault: report.FaultNetwork, seen: func(w way) bool { return w.is("server", "proxy.refused") }},
		{code: "network.proxy.dead", fault: report.FaultYou, seen: func(w way) bool { return w.is("server", "proxy.dead") }},
		{code: "network.ipv6.only", fault: report.FaultNetwork, seen: func(w way) bool {
			return w.is("ipv4", "no-route") && w.is("ipv6", "unserved")
		}},
		{code: "network.proxy.needed", fault: report.FaultNetwork, seen: func(w way) bool {
			return w.is("proxy.offered", "yes") && w.is("server", "dropped", "rejected", "no-route") && !w.is("dns", "broken", "lies")
		}},
		{code: "network.offline", fault: report.FaultNetwork, seen: func(w way) bool {
			return w.is("internet", "no") && !w.reached() && (w.is("server", "dropped", "no-route") && !w.is("dns", "broken", "lies") || w.is("dns", "broken") && w.is("router", "silent"))
		}},
		{code: "network.closed", fault: report.FaultNetwork, seen: func(w way) bool {
			return w.is("internet", "no") && w.is("server", "rejected") && !w.reached() && !w.is("dns", "broken", "lies")
		}},
		{code: "network.dns.lies", fault: report.FaultNetwork, seen: func(w way) bool {
			return w.is("dns", "lies") && !w.is("server", "works")
		}},
		{code: "network.dns.broken", fault: report.FaultNetwork, seen: func(w way) bool { return w.is("dns", "broken") }},
		{code: "network.dns.name", fault: report.FaultServer, seen: func(w way) bool { return w.is("dns", "name") }},
		{code: "network.clock.wrong", fault: report.FaultYou, seen: func(w way) bool { return w.is("tls", "clock") }},
		{code: "network.tls.certificate", fault: report.FaultServer, seen: func(w way) bool { return w.is("tls", "unfit") }},
		{code: "network.tls.intercepted", fault: report.FaultNetwork, seen: func(w way) bool { return w.is("tls", "stranger") }},
		{code: "network.packets.large", fault: report.FaultNetwork, seen: func(w way) bool {
			return w.is("packets", "vanish") && !w.is("server", "works")
		}},
		{code: "network.tls.blocked", fault: report.FaultNetwork, seen: func(w way) bool {
			return w.reached() && (w.is("tls", "broken") || w.is("server", "dropped") && w.is("plain", "yes"))
		}},
		{code: "network.server.failing", fault: report.FaultServer, seen: func(w way) bool { return w.is("server", "failing") }},
		{code: "network.server.away", fault: report.FaultServer, seen: func(w way) bool {
			return w.is("server", "rejected", "dropped", "no-route") && (w.is("internet", "yes") || w.reached() && w.is("plain", "no"))
		}},
		{code: "network.answer.foreign", fault: report.FaultNetwork, seen: func(w way) bool { return w.is("server", "foreign") }},
	}
	for i := range list {
		list[i].blocks, list[i].explains, list[i].alone = true, unreached("machine.clock.wrong"), report.Unknown
	}
	return list
}

// callCauses let the server be reached, and calls not, or not well.
func callCauses() []cause {
	calls := codes("webrtc.udp.*", "webrtc.only-443", "webrtc.stun*", "internet.udp.*")
	list := []cause{
		{code: "network.only-443", fault: report.FaultNetwork, explains: calls, seen: func(w way) bool {
			return w.is("server", "works") && w.is("udp", "dropped", "rejected") && w.is("port.443", "works") && w.is("port.3478", "dropped", "rejected")
		}},
		{code: "network.udp.blocked", fault: report.FaultNetwork, explains: calls, seen: func(w way) bool { return w.is("server", "works") && w.is("udp", "dropped") }},
		{code: "network.udp.rejected", fault: report.FaultNetwork, explains: calls, seen: func(w way) bool { return w.is("server", "works") && w.is("udp", "rejected") }},
		{code: "network.udp.throttled", fault: report.FaultNetwork, explains: anyOf(calls, codes("internet.loss.*", "webrtc.loss.*", "webrtc.quality.low", "webrtc.media.*", "webrtc.ice.*", "webrtc.dtls.*", "webrtc.datachannel.*", "webrtc.echo.silent", "webrtc.packets.large", "webrtc.loaded.low", "webrtc.jitter.high"), missed("webrtc.media")),
			seen: func(w way) bool { return w.is("udp", "throttled") }},
		{code: "network.packets.large", fault: report.FaultNetwork, explains: codes("webrtc.packets.large", "webrtc.dtls.*", "internet.stalled", "internet.timeout"), seen: func(w way) bool { return w.is("packets", "vanish") }},
		{code: "network.tls.inspected", fault: report.FaultNetwork, explains: codes("webrtc.tls.*"), seen: func(w way) bool { return w.is("tls", "private") }},
		{code: "network.dns.lies", fault: report.FaultNetwork, explains: codes("*.dns", "*.tls.intercepted"), seen: func(w way) bool { return w.is("dns", "lies") && w.is("server", "works") }},
		{code: "network.dns.slow", fault: report.FaultNetwork, explains: codes("*.dns", "webrtc.connect.slow"), seen: func(w way) bool { return w.is("dns", "slow") }},
		{code: "network.ipv6.broken", fault: report.FaultNetwork, explains: codes("webrtc.connect.slow"), seen: func(w way) bool { return w.is("ipv6", "dropped", "rejected") && w.is("ipv4", "works") }},
		{code: "network.ipv4.broken", fault: report.FaultNetwork, explains: codes("webrtc.connect.slow"), seen: func(w way) bool { return w.is("ipv4", "dropped", "rejected") && w.is("ipv6", "works") }},
	}
	for i := range list {
		list[i].alone = report.Warning
	}
	return list
}

// heldUp are codes of calls that do not go the way they should: they are tried for some
// seconds before another way is taken.
func heldUp() (list []cause) {
	for _, code := range []string{"only-443", "udp.rejected", "udp.blocked", "dtls.blocked", "datachannel.blocked", "echo.silent", "ice.failed"} {
		list = append(list, cause{code: "webrtc." + code, explains: codes("webrtc.connect.slow")})
	}
	return list
}

// lineCauses make the line worse than it could be.
func lineCauses() []cause {
	line := codes("internet.*.slow", "internet.latency.*", "internet.jitter.high", "internet.loss.high", "internet.unsteady", "internet.stalled", "internet.timeout", "webrtc.timeout",
		"webrtc.rtt.high", "webrtc.jitter.high", "webrtc.loss.high", "webrtc.quality.low", "webrtc.loaded.low", "webrtc.connect.slow", "webrtc.media.*", "network.dns.slow")
	return []cause{
		{code: "network.router.lossy", fault: report.FaultNetwork, quiet: true, explains: line, seen: func(w way) bool { return w.atLeast("network.router.loss.ratio", lossyRouter) }},
		{code: "network.wifi.weak", fault: report.FaultNetwork, quiet: true, explains: line, seen: func(w way) bool {
			return w.atMost("network.wifi.signal.dbm", weakSignal) || w.atMost("network.wifi.quality.ratio", weakQuality)
		}},
		{code: "network.traffic", fault: report.FaultYou, quiet: true, explains: line, seen: func(w way) bool {
			return w.atLeast("network.traffic.download.mbps", busyDown) || w.atLeast("network.traffic.upload.mbps", busyUp)
		}},
		{code: "network.vpn", fault: report.FaultYou, quiet: true, explains: anyOf(line, codes("webrtc.packets.large", "network.packets.large", "webrtc.udp.*", "network.udp.*")), seen: func(w way) bool { return w.is("vpn", "carries") }},
		{code: "internet.latency.unsteady", check: speedCheck, fault: report.FaultNetwork, quiet: true, explains: codes("internet.latency.*", "internet.jitter.high", "internet.unsteady", "webrtc.rtt.high", "webrtc.jitter.high", "webrtc.quality.low", "webrtc.loaded.low", "webrtc.connect.slow"),
			seen: func(w way) bool { return w.swings() }},
		{code: "internet.loss.high", explains: codes("webrtc.loss.high", "webrtc.quality.low", "webrtc.loaded.low")},
		{code: "internet.latency.high", explains: codes("webrtc.rtt.high", "webrtc.quality.low", "webrtc.connect.slow", "internet.latency.loaded", "webrtc.loaded.low")},
		{code: "internet.jitter.high", explains: codes("webrtc.jitter.high", "webrtc.quality.low", "webrtc.loaded.low")},
		{code: "internet.latency.loaded", explains: codes("webrtc.loaded.low")},
		{code: "internet.download.slow", explains: codes("webrtc.loaded.low", "internet.unsteady")},
		{code: "internet.upload.slow", explains: codes("webrtc.loaded.low", "internet.unsteady")},
		{code: "webrtc.loss.high", explains: codes("webrtc.quality.low", "webrtc.loaded.low")},
		{code: "webrtc.rtt.high", explains: codes("webrtc.quality.low", "webrtc.loaded.low", "webrtc.connect.slow")},
		{code: "webrtc.jitter.high", explains: codes("webrtc.quality.low", "webrtc.loaded.low")},
		{code: "webrtc.quality.low", explains: codes("webrtc.loaded.low")},
	}
}

// computerCauses slow the computer down.
func computerCauses() []cause {
	late := codes("machine.cpu.late", "audio.microphone.broken", "audio.microphone.halting", "audio.*.slow", ComputerCode)
	return []cause{
		{code: "machine.memory.pressure", explains: anyOf(late, codes("machine.cpu.busy"))},
		{code: "machine.cpu.cores.few", explains: late},
		{code: "machine.cpu.busy", explains: late},
		{code: "machine.cpu.throttles", explains: codes("machine.cpu.slow")},
		{code: "machine.power.saver", explains: codes("machine.cpu.slow", "machine.cpu.late")},
		{code: "machine.cpu.late", explains: codes("audio.microphone.broken", "audio.microphone.halting", ComputerCode)},
	}
}

// soundCauses silence a device.
func soundCauses() []cause {
	nothing := anyOf(codes("audio.microphone.silent", "audio.microphone.novoice", "audio.microphone.quiet", "audio.microphone.noisy", "audio.microphone.narrow", "audio.microphone.unclear", "audio.microphone.onesided"), missed("audio.microphone"))
	return []cause{
		{code: "audio.microphone.forbidden", explains: anyOf(nothing, codes("audio.microphone.muted"))},
		{code: "audio.microphone.muted", explains: nothing},
		{code: "audio.microphone.silent", explains: nothing},
		{code: "audio.microphone.clipping", explains: codes("audio.microphone.unclear", "audio.microphone.noisy")},
		{code: "audio.microphone.quiet", explains: codes("audio.microphone.novoice", "audio.microphone.narrow", "audio.microphone.unclear", "audio.microphone.noisy")},
		{code: "audio.microphone.broken", explains: codes("audio.microphone.novoice", "audio.microphone.halting", "audio.microphone.unclear")},
		{code: "audio.microphone.noisy", explains: anyOf(codes("audio.microphone.novoice", "audio.microphone.unclear"), missed("audio.microphone"))},
		{code: "audio.microphone.hum", explains: anyOf(codes("audio.microphone.novoice", "audio.microphone.unclear"), missed("audio.microphone"))},
		{code: "audio.microphone.novoice", explains: missed("audio.microphone")},
		{code: "audio.output.muted", explains: anyOf(codes("audio.output.heard.*"), missed("audio.output"))},
	}
}
