package hook

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

// errForbidden: the address that a name leads to is not to be connected to.
var errForbidden = errors.New("address not allowed")

const (
	// patience bounds a try from its first packet to the end of the answer.
	patience = 15 * time.Second
	// mostAnswer and mostHeader are how much of an answer is read, in bytes.
	mostAnswer = 64 << 10
	mostHeader = 16 << 10
)

// dialer connects to allowed addresses alone. They are looked at when the name is resolved
// already, at each connection anew, so that a name which leads elsewhere later is of no use.
func dialer(allowed func(netip.Addr) bool) *net.Dialer {
	return &net.Dialer{Timeout: patience, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !allowed(at.Addr().Unmap()) {
			return errForbidden
		}
		return nil
	}}
}

// client sends by a dialer. It follows no redirects and uses no proxy, which would connect in its place.
func client(d *net.Dialer) *http.Client {
	return &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: d.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: patience, DisableCompression: true,
			MaxResponseHeaderBytes: mostHeader, MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute,
		},
	}
}

// clientFor is the client for a webhook: its own URL says whether it may lead into the operator's network.
func (s *Sender) clientFor(host string) *http.Client {
	if s.AllowPrivate && namesPrivate(host) {
		return s.inside
	}
	return s.outside
}

// notPublic are the addresses of special purposes (RFC 6890 and its successors) that are
// no computer's of the internet, or lead to others that may not be: translated and tunneled ones.
func notPublic() []string {
	return []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
		"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
	}
}

// public says whether an address is one of the internet.
func public(a netip.Addr) bool {
	if a.Is6() {
		if netip.MustParsePrefix("64:ff9b::/96").Contains(a) { // of IPv4, where there is only IPv6 (RFC 6052)
			b := a.As16()
			return public(netip.AddrFrom4([4]byte(b[12:])))
		}
		if !netip.MustParsePrefix("2000::/3").Contains(a) { // all that was given out so far
			return false
		}
	}
	for _, p := range notPublic() {
		if netip.MustParsePrefix(p).Contains(a) {
			return false
		}
	}
	return a.IsValid()
}

// private says whether an address may be connected to where the operator's own network is allowed.
func private(a netip.Addr) bool { return public(a) || a.IsLoopback() || a.IsPrivate() }

// namesPrivate says whether a host names something in the operator's own network by its spelling.
func namesPrivate(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return !public(a.Unmap())
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if !strings.Contains(host, ".") {
		return true
	}
	for _, end := range []string{".localhost", ".local", ".internal", ".home.arpa"} {
		if strings.HasSuffix(host, end) {
			return true
		}
	}
	return false
}

// namesLoopback says whether a host names this computer.
func namesLoopback(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().IsLoopback()
	}
	return strings.EqualFold(host, "localhost")
}
