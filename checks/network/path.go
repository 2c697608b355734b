package network

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/address"
	"linecheck/report"
	"linecheck/report/exchange"
)

// PathID is the id of the check.
const PathID = "network.path"

// Config is what the check needs.
type Config struct {
	// Server is the origin that this computer has to reach, as "https://host[:port]", and
	// Pin the pin of its certificate; empty for one by public authorities.
	Server, Pin string
	// Far opens or returns the measuring session with the probe; nil where there is no invite.
	Far func(ctx context.Context) (*exchange.Session, error)
	// Reference is asked for where the server cannot be reached, to tell its fault from the network's.
	Reference Page
}

// Path looks at the way to the far end. Make it with [New].
type Path struct{ cfg Config }

// New is the check. Without a server it looks at the way to a public one.
func New(cfg Config) *Path {
	if cfg.Reference == (Page{}) {
		cfg.Reference = Reference()
	}
	return &Path{cfg}
}

// PublicServer is what the way to is looked at without an invite: the list of public speed-test servers.
const PublicServer = "https://www.speedtest.net"

// Spec says that it takes some seconds and moves next to nothing.
func (p *Path) Spec() checks.Spec {
	return checks.Spec{
		ID: PathID, Revision: 1,
		Needs:    []checks.Resource{checks.Network},
		Beside:   checks.Network,
		Typical:  2 * time.Second,
		Timeout:  25 * time.Second,
		MaxBytes: 512 << 10,
		Fresh:    10 * time.Minute,
	}
}

// Run looks at everything at once. Only what was seen is recorded; it fails only when it is stopped.
func (p *Path) Run(ctx context.Context, rec *checks.Recorder) error {
	target := p.cfg.Server
	if target == "" {
		target = PublicServer
	}
	server, err := exchange.ParseOrigin(target)
	if err != nil {
		return err
	}
	l := &look{cfg: p.cfg, server: server, rec: rec}
	rec.Progress(checks.Progress{Stage: "way"})
	var all sync.WaitGroup
	l.system(ctx, &all)
	all.Go(func() { l.way(ctx) })
	if p.cfg.Far != nil {
		all.Go(func() { l.packets(ctx) })
	}
	all.Wait()
	l.tellUnread()
	return ctx.Err()
}

// look is one look at the way.
type look struct {
	cfg    Config
	server *url.URL
	rec    *checks.Recorder

	mu     sync.Mutex
	unread []string // what the system did not let this program see
}

// miss notes what there is and could not be read.
func (l *look) miss(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unread = append(l.unread, what)
}

func (l *look) tellUnread() {
	slices.Sort(l.unread)
	l.rec.Fact(report.UnreadFact, strings.Join(l.unread, " "))
}

// system records what this computer tells of its own.
func (l *look) system(ctx context.Context, all *sync.WaitGroup) {
	links := uplinks(ctx)
	l.rec.Fact("link", linkOf(links))
	if n := len(physical(links)); n > 0 {
		l.rec.Metric("network.uplinks.count", float64(n), "count", 0)
	}
	all.Go(func() { l.rec.Fact("firewall", firewall(ctx)) })
	i := slices.IndexFunc(links, func(u uplink) bool { return !tunnel(u.name) })
	if i < 0 {
		return
	}
	first := links[i]
	all.Go(func() { l.traffic(ctx, first.name) })
	if first.kind == WiFi {
		all.Go(func() { l.radio(first.name) })
	}
	if first.gateway.IsValid() {
		all.Go(func() { l.router(ctx, first.gateway) })
	}
}

func (l *look) traffic(ctx context.Context, name string) {
	before := movedBy(ctx, name)
	if !pause(ctx, trafficSpan) {
		return
	}
	down, up, ok := movedBy(ctx, name).since(before)
	if !ok {
		l.miss("traffic")
		return
	}
	l.rec.Metric("network.traffic.download.mbps", down, "Mbit/s", 0)
	l.rec.Metric("network.traffic.upload.mbps", up, "Mbit/s", 0)
}

func (l *look) radio(name string) {
	r, ok := radioOf(name)
	if !ok {
		l.miss("radio")
		return
	}
	l.rec.Fact("band", r.band())
	for key, m := range map[string]struct {
		value float64
		unit  string
	}{"network.wifi.signal.dbm": {r.signal, "dBm"}, "network.wifi.quality.ratio": {r.quality, "ratio"}, "network.wifi.rate.mbps": {r.mbps, "Mbit/s"}} {
		if m.value != 0 {
			l.rec.Metric(key, m.value, m.unit, 0)
		}
	}
}

func (l *look) router(ctx context.Context, at netip.Addr) {
	r, ok := askRouter(ctx, at)
	if !ok {
		if ctx.Err() == nil {
			l.miss("router")
		}
		return
	}
	if r.answered == 0 {
		l.rec.Fact("router", "silent")
		return
	}
	l.rec.Fact("router", open)
	l.rec.Metric("network.router.ms", ms(r.median), "ms", r.answered)
	l.rec.Metric("network.router.loss.ratio", 1-float64(r.answered)/float64(r.sent), "ratio", r.sent)
}

// way follows a request to the server: its name, its addresses, and who answers.
func (l *look) way(ctx context.Context) {
	n := lookUp(ctx, l.server.Hostname())
	if len(n.took) > 0 {
		l.rec.Metric("network.dns.ms", n.typical(), "ms", len(n.took))
	}
	var both sync.WaitGroup
	var v4, v6 family
	both.Go(func() { v4, v6 = families(ctx, n.ips, portOf(l.server)) })
	var a answer
	p := proxyFor(l.server)
	both.Go(func() { a = l.ask(ctx, p) })
	both.Wait()
	if ctx.Err() != nil {
		return
	}
	l.rec.Fact("dns", n.heldAgainst(max(v4.took, v6.took)))
	l.families(v4, v6)
	l.rec.Fact("vpn", vpn(n.ips))
	l.rec.Fact("proxy", p.from)
	l.rec.Fact("server", a.server)
	l.rec.Fact("tls", a.tls)
	l.rec.Fact("issuer", a.issuer)
	if a.server == serverAnswers {
		l.rec.Fact("captive", report.YesNo(false))
		l.rec.Metric("network.answer.ms", ms(a.took), "ms", 1)
		return
	}
	l.outside(ctx, p, a)
}

func (l *look) ask(ctx context.Context, p proxy) answer {
	path := exchange.TrustPath
	if l.cfg.Server == "" {
		path = "/"
	}
	return ask(ctx, l.server, path, l.cfg.Pin, p.choose)
}

// outside finds out whether the internet is there at all, where the server does not
// answer as itself. One that says nothing over TLS is asked without: a web server says
// then that it wants TLS, unless it hangs.
func (l *look) outside(ctx context.Context, p proxy, a answer) {
	var front, reference, plain reading
	var both sync.WaitGroup
	both.Go(func() { front = read(ctx, frontPage(l.server)) })
	both.Go(func() { reference = read(ctx, l.cfg.Reference) })
	silent := a.server == dropped && p.from == proxyNone
	inPieces := false
	if silent {
		both.Go(func() { plain = read(ctx, Page{URL: "http://" + l.server.Host + "/"}) })
		both.Go(func() { inPieces = greets(ctx, l.server) })
	}
	var wanted string
	if p.from == proxyNone {
		both.Go(func() { wanted = offered(ctx) })
	}
	both.Wait()
	if ctx.Err() != nil {
		return
	}
	l.rec.Fact("captive", report.YesNo(captive(front, reference)))
	l.rec.Fact("internet", report.YesNo(reference.genuine))
	l.rec.Fact("proxy.offered", wanted)
	if silent {
		l.rec.Fact("plain", report.YesNo(plain.answered))
		if inPieces {
			l.rec.Fact("packets", packetsVanish)
		}
	}
}

func (l *look) families(v4, v6 family) {
	for _, one := range []struct {
		name string
		family
	}{{"ipv4", v4}, {"ipv6", v6}} {
		l.rec.Fact(one.name, one.state)
		if one.state == open {
			l.rec.Metric("network.connect."+one.name+".ms", ms(one.took), "ms", 1)
		}
	}
}

// vpn says whether a VPN is there, and whether it carries what goes to these addresses.
func vpn(to []netip.Addr) string {
	for _, ip := range to {
		from, err := address.Source(ip)
		if err != nil {
			continue
		}
		if i, ok := address.Interface(from); ok && tunnel(i.Name) {
			return "carries"
		}
	}
	all, err := net.Interfaces()
	if err != nil {
		return ""
	}
	for _, i := range all {
		if i.Flags&net.FlagUp != 0 && i.Flags&net.FlagLoopback == 0 && tunnel(i.Name) && reachable(i) {
			return "idle"
		}
	}
	return "no"
}

// reachable says whether an interface has an address beyond its own link.
func reachable(i net.Interface) bool {
	list, err := i.Addrs()
	return err == nil && slices.ContainsFunc(list, func(a net.Addr) bool {
		n, ok := a.(*net.IPNet)
		return ok && n.IP.IsGlobalUnicast()
	})
}

// portOf is the port of an https origin.
func portOf(server *url.URL) int {
	if n, err := strconv.Atoi(server.Port()); err == nil {
		return n
	}
	return 443
}
