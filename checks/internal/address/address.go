// Package address knows addresses: those of names, those of this computer, and
// from which of them its system would send. It sends nothing but questions to
// the resolver of the system.
package address

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"time"
)

const (
	// patience bounds one look-up of a name. It is asked for askTimes, askAgain apart, until there is an answer.
	patience = 2 * time.Second
	askTimes = 3
	askAgain = 600 * time.Millisecond
)

// Lookup is the addresses of a host name or literal, those of IPv4 as such. The
// error of a name that was not found, or not in time, is a [net.DNSError].
func Lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip.Unmap()}, nil
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ips, err := persistent(limited, host)
	if err != nil {
		var dns *net.DNSError
		if !errors.As(err, &dns) { // a time limit of ours is a failed look-up too
			err = &net.DNSError{Err: err.Error(), Name: host, IsTimeout: true}
		}
		return nil, fmt.Errorf("look up a server: %w", err)
	}
	for i := range ips {
		ips[i] = ips[i].Unmap()
	}
	return ips, nil
}

// persistent asks again while there is no answer: systems wait five seconds before they
// do, longer than anybody here does, and one lost packet is no broken resolver.
func persistent(ctx context.Context, host string) ([]netip.Addr, error) {
	type answer struct {
		ips []netip.Addr
		err error
	}
	got := make(chan answer, askTimes)
	ask := func() {
		ips, err := new(net.Resolver).LookupNetIP(ctx, "ip", host) // one of its own: resolvers join questions that are alike
		got <- answer{ips, err}
	}
	go ask()
	again := time.NewTicker(askAgain)
	defer again.Stop()
	for asked, failed := 1, 0; ; {
		select {
		case a := <-got:
			var dns *net.DNSError
			if failed++; a.err != nil && errors.As(a.err, &dns) && dns.IsTimeout && failed < asked {
				continue // another question is under way
			}
			return a.ips, a.err
		case <-again.C:
			if asked < askTimes {
				asked++
				go ask()
			}
		}
	}
}

// Source is the address of this computer from which its system would send to an
// address. Nothing is sent; the error is why the system knows no way.
func Source(to netip.Addr) (netip.Addr, error) {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(to, 9)))
	if err != nil {
		return netip.Addr{}, err
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap().WithZone(""), nil
}

// Own are the addresses of this computer's interfaces.
func Own() []netip.Addr {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	return addresses(list)
}

func addresses(list []net.Addr) (out []netip.Addr) {
	for _, a := range list {
		if n, ok := a.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(n.IP); ok {
				out = append(out, ip.Unmap())
			}
		}
	}
	return out
}

// Interface is the interface that has an address. ok is false where none has it.
func Interface(of netip.Addr) (found net.Interface, ok bool) {
	all, err := net.Interfaces()
	if err != nil {
		return found, false
	}
	for _, i := range all {
		if list, err := i.Addrs(); err == nil && slices.Contains(addresses(list), of) {
			return i, true
		}
	}
	return found, false
}

// SomewhereIPv6 is an address of the documentation (RFC 3849): whether the system
// would know a way there tells whether it has IPv6.
func SomewhereIPv6() netip.Addr { return netip.MustParseAddr("2001:db8::1") }

// Join is host:port.
func Join(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }

// HostPort is the host:port at which HTTPS is served under a URL.
func HostPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	return Join(u.Hostname(), 443)
}

// Split takes host:port apart.
func Split(at string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(at)
	if err != nil {
		return "", 0, err
	}
	n, err := strconv.ParseUint(text, 10, 16)
	return host, int(n), err
}
