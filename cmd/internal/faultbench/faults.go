//go:build linux

package main

import (
	"os"
	"os/exec"
	"slices"
	"strconv"
	"syscall"
	"time"

	"linecheck/checks/testnet"
	"linecheck/report"
)

// faults are all that are injected, those of the way first.
func faults() []fault {
	return slices.Concat(wayFaults(), serverFaults(), callFaults(), lineFaults(), soundFaults(), computerFaults(), clockFaults(), pairs())
}

// The ends that a fault is made at.
func (w *world) homeRules(rules string) (func(), error) { return nft(w.line.Near, rules) }

// forward are rules on what goes through the home router.
func forward(rules string) func(*world) (func(), error) {
	return func(w *world) (func(), error) {
		return w.homeRules("chain f {\n type filter hook forward priority 0;\n udp dport 53 accept; udp sport 53 accept\n" + rules + "\n}")
	}
}

// resolverThat is the resolver of the open internet in another mood.
func resolverThat(mode string) func(*world) (func(), error) {
	return func(w *world) (func(), error) {
		end(w.others[0])
		other, err := w.fake(w.line.Far, "dns", resolver, mode)
		return func() {
			end(other)
			w.others[0], _ = w.fake(w.line.Far, "dns", resolver, "normal")
		}, err
	}
}

// beside starts a far end of ours in the home network, and puts rules before it.
func beside(rules string, args ...string) func(*world) (func(), error) {
	return func(w *world) (func(), error) {
		cmd, err := w.fake(w.line.Near, args...)
		if err != nil {
			return nil, err
		}
		if rules == "" {
			return func() { end(cmd) }, nil
		}
		undo, err := w.homeRules(rules)
		if err != nil {
			end(cmd)
			return nil, err
		}
		return func() { undo(); end(cmd) }, nil
	}
}

// behind sets the proxy in the applicant's environment.
func behind(at string) func(*world) (func(), error) {
	return func(w *world) (func(), error) {
		w.env = append(w.env, "HTTPS_PROXY=http://"+at, "HTTP_PROXY=http://"+at)
		return func() {}, nil
	}
}

// both makes two faults.
func both(list ...func(*world) (func(), error)) func(*world) (func(), error) {
	return func(w *world) (func(), error) {
		var undos []func()
		undo := func() {
			for _, u := range slices.Backward(undos) {
				u()
			}
		}
		for _, f := range list {
			u, err := f(w)
			if err != nil {
				undo()
				return nil, err
			}
			undos = append(undos, u)
		}
		return undo, nil
	}
}

// after makes a fault when the program is so far.
func after(d time.Duration, f func(*world) (func(), error)) func(*world) (func(), error) {
	return func(w *world) (func(), error) {
		made := make(chan func(), 1)
		timer := time.AfterFunc(d, func() {
			undo, err := f(w)
			if err != nil {
				undo = func() {}
			}
			made <- undo
		})
		return func() {
			if !timer.Stop() {
				(<-made)()
			}
		}, nil
	}
}

// on is a line of another kind.
func on(change func(*testnet.Line)) func(*world) (func(), error) {
	return func(w *world) (func(), error) {
		l := goodLine()
		change(&l)
		w.line.Set(l)
		return func() { w.line.Set(goodLine()) }, nil
	}
}

func (w *world) script(text string) error { return sh(w.near("sh", "-ec", text)) }

// inPC runs one script at the applicant's computer, and another to take it back.
func inPC(make, undo string) func(*world) (func(), error) {
	return func(w *world) (func(), error) {
		if err := w.script(make); err != nil {
			return nil, err
		}
		return func() { _ = w.script(undo) }, nil
	}
}

const replug = "ip addr flush dev e0; ip addr add " + pcAddr + "/24 dev e0; ip link set e0 up; ip route replace default via " + portalAddr

func wayFaults() []fault {
	network, you := report.FaultNetwork, report.FaultYou
	toPortal := "chain n {\n type nat hook prerouting priority -100;\n iifname h0 tcp dport { 80, 443 } redirect\n}\nchain f {\n type filter hook forward priority 0;\n udp dport 53 accept; udp sport 53 accept; drop\n}"
	only80 := "chain n {\n type nat hook prerouting priority -100;\n iifname h0 tcp dport 80 redirect\n}\nchain f {\n type filter hook forward priority 0;\n udp dport 53 accept; udp sport 53 accept; drop\n}"
	toTLS := "chain n {\n type nat hook prerouting priority -100;\n iifname h0 tcp dport 443 redirect to 8443\n}"
	closed := "chain f {\n type filter hook forward priority 0;\n udp dport 53 accept; udp sport 53 accept; drop\n}"
	return []fault{
		{name: "cable out", symptom: "offline", causes: []string{"network.no-route"}, blame: network, inject: inPC("ip link set e0 down", replug)},
		{name: "no default route", symptom: "offline", causes: []string{"network.no-route"}, blame: network, inject: inPC("ip route del default", replug)},
		{name: "router off", symptom: "offline", causes: []string{"network.offline"}, blame: network, inject: func(w *world) (func(), error) {
			return func() { _ = sh(w.line.Near("ip", "link", "set", "h0", "up")) }, sh(w.line.Near("ip", "link", "set", "h0", "down"))
		}},
		{name: "dead resolver", symptom: "offline", causes: []string{"network.dns.broken"}, blame: network, inject: resolverThat("silent")},
		{name: "resolver fails", symptom: "offline", causes: []string{"network.dns.broken"}, blame: network, inject: resolverThat("servfail")},
		{name: "resolver refuses", symptom: "offline", causes: []string{"network.dns.broken"}, blame: network, inject: resolverThat("refuse")},
		{name: "slow resolver", symptom: "offline", causes: []string{"network.dns.slow"}, blame: network, inject: resolverThat("slow")},
		{name: "resolver lies, nobody there", symptom: "offline", causes: []string{"network.dns.lies"}, blame: network, inject: resolverThat("lie")},
		{name: "server's name unknown", symptom: "offline", causes: []string{"network.dns.name"}, blame: report.FaultServer, inject: resolverThat("noname")},
		{name: "captive portal by redirection", symptom: "calls", causes: []string{"network.captive"}, blame: network, inject: beside(toPortal, "portal", "")},
		{name: "captive portal by lying names", symptom: "offline", causes: []string{"network.captive"}, blame: network, inject: both(resolverThat("lie"), beside("", "portal", portalAddr))},
		{name: "captive portal, 443 dropped", symptom: "offline", causes: []string{"network.captive"}, blame: network, inject: beside(only80, "portal", "")},
		{name: "proxy with log-in", symptom: "offline", causes: []string{"network.proxy.login"}, blame: network, inject: both(beside(closed, "proxy", portalAddr, "login"), behind(portalAddr+":3128"))},
		{name: "proxy refuses", symptom: "offline", causes: []string{"network.proxy.refused"}, blame: network, inject: both(beside(closed, "proxy", portalAddr, "refuse"), behind(portalAddr+":3128"))},
		{name: "proxy is gone", symptom: "offline", causes: []string{"network.proxy.dead"}, blame: you, inject: behind(portalAddr + ":3999")},
		{name: "proxy is gone, silently", symptom: "offline", causes: []string{"network.proxy.dead"}, blame: you, inject: behind("192.168.7.99:3128")},
		{name: "proxy needed, and offered", symptom: "offline", causes: []string{"network.proxy.needed"}, blame: network, inject: both(resolverThat("wpad"), forward("drop"))},
		{name: "TLS read along", symptom: "offline", causes: []string{"network.tls.intercepted"}, blame: network, inject: beside(toTLS, "tls", "", "read")},
		{name: "TLS broken off", symptom: "offline", causes: []string{"network.tls.blocked"}, blame: network, inject: beside(toTLS, "tls", "", "reset")},
		{name: "nothing passes the router", symptom: "offline", causes: []string{"network.offline"}, blame: network, inject: forward("drop")},
		{name: "everything turned down", symptom: "offline", causes: []string{"network.closed"}, blame: network, inject: forward("reject with icmpx admin-prohibited")},
		{name: "everything reset", symptom: "offline", causes: []string{"network.closed"}, blame: network, inject: forward("meta l4proto tcp reject with tcp reset\nreject")},
		{name: "IPv6 leads nowhere", symptom: "offline", causes: []string{"network.ipv6.broken"}, blame: network, inject: both(resolverThat("badsix"), inPC("ip addr add "+pc6+"/64 dev e0 nodad; ip -6 route add default via "+portalAddr6+" dev e0 onlink", "ip -6 route del default; ip addr del "+pc6+"/64 dev e0"))},
		{name: "IPv6 alone", symptom: "offline", causes: []string{"network.ipv6.only"}, blame: network, inject: onlyIPv6},
	}
}

// onlyIPv6 leaves the applicant a network of IPv6 alone, with a resolver.
func onlyIPv6(w *world) (func(), error) {
	const r6 = "fd00:7::53"
	if err := sh(w.line.Near("sh", "-ec", "ip addr add "+portalAddr6+"/64 dev h0 nodad; ip addr add "+r6+"/64 dev h0 nodad")); err != nil {
		return nil, err
	}
	var dns *exec.Cmd
	undo := func() {
		end(dns)
		_ = w.resolver(resolver)
		_ = w.script("ip -6 addr flush dev e0 scope global; " + replug)
		_ = sh(w.line.Near("sh", "-c", "ip addr del "+portalAddr6+"/64 dev h0; ip addr del "+r6+"/64 dev h0"))
	}
	var err error
	if dns, err = w.fake(w.line.Near, "dns", "["+r6+"]", "normal"); err != nil {
		undo()
		return nil, err
	}
	if err := w.resolver(r6); err != nil {
		undo()
		return nil, err
	}
	return undo, w.script("ip -4 addr flush dev e0; ip addr add " + pc6 + "/64 dev e0 nodad; ip -6 route add default via " + portalAddr6)
}

func serverFaults() []fault {
	return []fault{
		{name: "server stopped", symptom: "calls", causes: []string{"network.server.away"}, blame: report.FaultServer, inject: func(w *world) (func(), error) {
			end(w.serving)
			return func() { _ = w.serve() }, nil
		}},
		{name: "server silent", symptom: "offline", causes: []string{"network.server.away"}, blame: report.FaultServer, inject: func(w *world) (func(), error) {
			return nft(w.line.Far, "chain i {\n type filter hook input priority 0;\n ip daddr "+server+" drop\n}")
		}},
		{name: "server hangs", symptom: "offline", causes: []string{"network.server.away"}, blame: report.FaultServer, inject: func(w *world) (func(), error) {
			return func() { _ = w.serving.Process.Signal(syscall.SIGCONT) }, w.serving.Process.Signal(syscall.SIGSTOP)
		}},
		{name: "server with no place left", symptom: "slow", causes: []string{"internet.server.crowded"}, blame: report.FaultServer, inject: crowd},
		{name: "server fails behind its gateway", symptom: "offline", causes: []string{"network.server.failing"}, blame: report.FaultServer, inject: func(w *world) (func(), error) {
			end(w.serving)
			gateway, err := w.fake(w.line.Far, "gateway", server, w.path("data"))
			return func() { end(gateway); _ = w.serve() }, err
		}},
	}
}

// crowd is one place for speed tests at the server, and others who stand in line for it
// again and again.
func crowd(w *world) (func(), error) {
	end(w.serving)
	if err := w.serve("--tests", "1"); err != nil {
		return nil, err
	}
	var all []*exec.Cmd
	undo := func() {
		for _, c := range all {
			_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) // with what it runs
			end(c)
		}
		end(w.serving)
		_ = w.serve()
	}
	for i := range 24 {
		invite, err := w.invite()
		if err != nil {
			undo()
			return nil, err
		}
		c := w.near("sh", "-c", `while :; do "$0" run --yes --check internet.speed --invite "$1"; done`, w.program("linecheck-support"), invite)
		c.Env = append(os.Environ(), "LINECHECK_HOME="+w.path("other"+strconv.Itoa(i)))
		c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := c.Start(); err != nil {
			undo()
			return nil, err
		}
		all = append(all, c)
	}
	time.Sleep(3 * time.Second)
	return undo, nil
}
