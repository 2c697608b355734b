package probe

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// advertised are the addresses an applicant may reach the socket by: the public
// host's where there is one, else the one this very request came in by, and after
// it those of this computer's interfaces where the socket serves them all.
func (m *mediaEnd) advertised(ctx context.Context) []net.IP {
	if ips := m.public(); len(ips) > 0 {
		return ips
	}
	if own := m.sock.udp.LocalAddr().(*net.UDPAddr).IP; !own.IsUnspecified() {
		return []net.IP{own}
	}
	var ips []net.IP
	local, ok := ctx.Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if ok {
		ips = append(ips, local.IP)
	}
	for _, ip := range interfaceIPs() {
		// Loopback is of use to nobody who did not come by it.
		if !ip.IsLoopback() || ok && local.IP.IsLoopback() {
			ips = append(ips, ip)
		}
	}
	return ips
}

// family is IPv4 where applicants may reach the echo over it, else IPv6; as any address of it.
func (m *mediaEnd) family() netip.Addr {
	if own := m.sock.udp.LocalAddr().(*net.UDPAddr).IP; own.To4() != nil || !own.IsUnspecified() {
		return addrPort(m.sock.udp.LocalAddr().(*net.UDPAddr)).Addr()
	}
	ips := m.known.now()
	if len(ips) == 0 {
		ips = slices.DeleteFunc(interfaceIPs(), net.IP.IsLoopback)
	}
	four := func(ip net.IP) bool { return ip.To4() != nil }
	if len(ips) == 0 || slices.ContainsFunc(ips, four) {
		return netip.IPv4Unspecified()
	}
	return netip.IPv6Unspecified()
}

// isOwn says whether an address is one of the echo's, so that relays may lead there.
func (m *mediaEnd) isOwn(ip net.IP) bool {
	own := m.sock.udp.LocalAddr().(*net.UDPAddr).IP
	if own.Equal(ip) {
		return true
	}
	candidates := slices.Clone(m.known.now())
	if own.IsUnspecified() {
		candidates = append(candidates, interfaceIPs()...)
	}
	for _, c := range candidates {
		if c.Equal(ip) {
			return true
		}
	}
	return false
}

const (
	// publicLife is how long the addresses of the public host count before they are
	// looked up again, publicRetry how long it is left at that where they are not found.
	publicLife  = time.Minute
	publicRetry = 15 * time.Second
	// lookLimit is how long one look-up may take; it is less than publicRetry, so that there is one at a time.
	lookLimit = 2 * time.Second
)

// known are the addresses of the public host. Its zero value is ready.
type known struct {
	mu  sync.Mutex
	ips []net.IP
	at  time.Time
}

func (k *known) now() []net.IP {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.ips
}

// public are the addresses of the public host as far as they are known by now; none where none
// is configured. They are looked up again beside the calls: a call that waited for a
// resolver of ours would look slow to the applicant.
func (m *mediaEnd) public() []net.IP {
	if m.cfg.PublicHost == "" {
		return nil
	}
	m.known.mu.Lock()
	defer m.known.mu.Unlock()
	if time.Since(m.known.at) >= publicLife {
		m.known.at = time.Now().Add(publicRetry - publicLife)
		go m.lookUp()
	}
	return m.known.ips
}

// lookUp looks the public host up; where it is not found, its addresses stay what they were. Loopback
// is left out where a name leads there, as a machine's own name does.
func (m *mediaEnd) lookUp() {
	ctx, cancel := context.WithTimeout(context.Background(), lookLimit)
	defer cancel()
	ips, err := m.cfg.resolver.LookupIP(ctx, "ip", m.cfg.PublicHost)
	if err != nil {
		return
	}
	if literal := net.ParseIP(m.cfg.PublicHost); literal == nil && m.cfg.PublicHost != "localhost" {
		ips = slices.DeleteFunc(ips, net.IP.IsLoopback)
	}
	m.known.mu.Lock()
	defer m.known.mu.Unlock()
	m.known.ips, m.known.at = ips, time.Now()
}

// interfaceIPs are the addresses of this computer's interfaces that lead further than one link.
func interfaceIPs() []net.IP {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var ips []net.IP
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLinkLocalUnicast() {
			ips = append(ips, n.IP)
		}
	}
	return ips
}
