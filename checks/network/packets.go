package network

import (
	"context"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/pion/stun/v3"

	"linecheck/checks/internal/address"
	"linecheck/checks/internal/nat"
	"linecheck/report/exchange"
)

// sessionPatience bounds asking the probe for a session and its addresses.
const sessionPatience = 5 * time.Second

// packets looks at what calls take: UDP to the probe, and its ports.
func (l *look) packets(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, sessionPatience)
	defer cancel()
	s, err := l.cfg.Far(limited)
	if err != nil {
		return // why not is what the look at the way tells
	}
	var all sync.WaitGroup
	if ice, err := s.ICE(limited); err == nil {
		for port, host := range ports(ice) {
			all.Go(func() { l.port(ctx, host, port) })
		}
	}
	if len(s.Grant.STUN) > 0 {
		all.Go(func() { l.mapping(ctx, s.Grant.STUN) })
		all.Go(func() { l.udp(ctx, s.Grant.STUN[0]) })
	}
	all.Wait()
}

// ports are the TCP ports that calls take, with a host for each.
func ports(ice exchange.ICE) map[int]string {
	found := map[int]string{}
	add := func(host string, port int) {
		if _, known := found[port]; !known {
			found[port] = host
		}
	}
	for _, at := range ice.TCP {
		if host, port, err := address.Split(at); err == nil {
			add(host, port)
		}
	}
	for _, s := range ice.Servers {
		for _, raw := range s.URLs {
			if u, err := stun.ParseURI(raw); err == nil && u.Proto == stun.ProtoTypeTCP {
				add(u.Host, u.Port)
			}
		}
	}
	return found
}

func (l *look) port(ctx context.Context, host string, port int) {
	ips, err := address.Lookup(ctx, host)
	if err != nil || len(ips) == 0 {
		return
	}
	state, _ := knock(ctx, netip.AddrPortFrom(ips[0], uint16(port)))
	if ctx.Err() == nil {
		l.rec.Fact("port."+strconv.Itoa(port), state)
	}
}

func (l *look) mapping(ctx context.Context, servers []string) {
	l.rec.Fact("nat", nat.Ask(ctx, servers).Kind(address.Own()))
}

// udp looks at small packets and at large ones, one after the other.
func (l *look) udp(ctx context.Context, server string) {
	found, err := nat.Resolve(ctx, server)
	if err != nil || len(found) == 0 {
		return
	}
	at := found[0]
	f, err := small(ctx, at)
	if err != nil || len(f.answered) == 0 {
		return
	}
	state, ratio := f.state()
	l.rec.Fact("udp", state)
	l.rec.Metric("network.udp.answered.ratio", ratio, "ratio", f.sent)
	if state != open {
		return
	}
	mtu := mtuTo(at.Addr())
	bytes, told := largest(ctx, at, mtu)
	if ctx.Err() != nil {
		return
	}
	passes := packetsFull
	switch {
	case bytes == mtu:
	case told:
		passes = packetsSmall
	default:
		passes = packetsVanish
	}
	l.rec.Fact("packets", passes)
	if bytes > 0 { // none of these passes where it is 0, and small ones do
		l.rec.Metric("network.mtu.bytes", float64(bytes), "bytes", 1)
	}
}

// mtuTo is the longest packet that this computer's interface sends to an address, at
// most an Ethernet frame's, in bytes.
func mtuTo(to netip.Addr) int {
	const ethernet = 1500
	from, err := address.Source(to)
	if err != nil {
		return ethernet
	}
	i, ok := address.Interface(from)
	if !ok {
		return ethernet
	}
	return min(i.MTU, ethernet)
}
