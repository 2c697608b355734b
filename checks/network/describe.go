package network

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"

	"linecheck/report/support"
)

// Describe tells of this computer's network what IT support asks for: interfaces, ways
// out, resolvers and the proxy to a server ("https://host"). Who may see what is
// said with each fact: addresses and names are private, passwords secret. What the
// system does not tell is absent.
func Describe(ctx context.Context, server string) (facts []support.Fact) {
	add := func(key, value string, class support.Class, what string) {
		if value != "" {
			facts = append(facts, support.Fact{Key: "network." + key, Value: value, Class: class, What: what})
		}
	}
	all, err := net.Interfaces()
	if err != nil {
		all = nil
	}
	for _, i := range all {
		key := "interface." + i.Name
		add(key+".state", strings.Join([]string{i.Flags.String(), fmt.Sprintf("mtu %d", i.MTU)}, " "), support.Public, "")
		if tunnel(i.Name) {
			add(key+".kind", "vpn", support.Public, "")
		}
		add(key+".hardware", i.HardwareAddr.String(), support.Private, "hardware")
		list, err := i.Addrs()
		if err != nil {
			continue
		}
		for n, a := range list {
			if ip, ok := a.(*net.IPNet); ok {
				size, _ := ip.Mask.Size()
				add(fmt.Sprintf("%s.address.%d", key, n+1), ip.IP.String(), addressClass(ip.IP), "address")
				add(fmt.Sprintf("%s.prefix.%d", key, n+1), fmt.Sprintf("/%d %s", size, scope(ip.IP)), support.Public, "")
			}
		}
	}
	for n, u := range uplinks(ctx) {
		key := fmt.Sprintf("route.%d", n+1)
		add(key+".interface", u.name, support.Public, "")
		add(key+".kind", u.kind, support.Public, "")
		add(key+".metric", fmt.Sprint(u.metric), support.Public, "")
		if u.gateway.IsValid() {
			add(key+".gateway", u.gateway.WithZone("").String(), support.Private, "address")
		}
	}
	for n, at := range resolvers() {
		ip := net.ParseIP(at)
		add(fmt.Sprintf("resolver.%d", n+1), at, addressClass(ip), "address")
		add(fmt.Sprintf("resolver.%d.scope", n+1), scope(ip), support.Public, "")
	}
	describeProxy(server, add)
	add("firewall", firewall(ctx), support.Public, "")
	return facts
}

// describeProxy tells where a proxy is set, its address, and that it has a password.
func describeProxy(server string, add func(key, value string, class support.Class, what string)) {
	to, err := url.Parse(server)
	if err != nil || server == "" {
		to = &url.URL{Scheme: "https", Host: "example.com"}
	}
	p := proxyFor(to)
	add("proxy.set-by", p.from, support.Public, "")
	if p.at == nil {
		return
	}
	add("proxy.host", p.at.Hostname(), support.Private, "name")
	add("proxy.port", p.at.Port(), support.Public, "")
	if p.at.User != nil {
		add("proxy.credentials", p.at.User.String(), support.Secret, "password")
	}
}

// addressClass: the addresses that every computer has tell nothing of this one.
func addressClass(ip net.IP) support.Class {
	if ip.IsLoopback() || ip.IsUnspecified() {
		return support.Public
	}
	return support.Private
}

// scope is how far an address reaches.
func scope(ip net.IP) string {
	switch {
	case ip == nil:
		return ""
	case ip.IsLoopback():
		return "this computer"
	case ip.IsLinkLocalUnicast():
		return "this link"
	case ip.IsPrivate():
		return "local network"
	case ip.To4() != nil && ip.To4()[0] == 100 && ip.To4()[1]&0xc0 == 64: // RFC 6598
		return "shared by the provider"
	}
	return "internet"
}
