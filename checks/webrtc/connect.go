package webrtc

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"strings"
	"sync"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/address"
	"linecheck/checks/internal/nat"
	"linecheck/checks/internal/stats"
	"linecheck/checks/internal/wire"
	"linecheck/report"
	"linecheck/report/exchange"
)

// ConnectID is the id of the connection check.
const ConnectID = "webrtc.connect"

// Connect checks by which ways a WebRTC connection comes about. Make it with [NewConnect].
type Connect struct{ cfg Config }

// NewConnect is the connection check. With an invite it connects to the probe's
// echo; without one it asks public STUN servers whether UDP gets out and back.
func NewConnect(cfg Config) *Connect { return &Connect{cfg: cfg} }

// Spec says that it takes about a second; its watchdogs end it long before its timeout.
func (c *Connect) Spec() checks.Spec {
	return checks.Spec{
		ID: ConnectID, Revision: 3,
		Needs:    []checks.Resource{checks.Network},
		Typical:  2 * time.Second,
		Timeout:  25 * time.Second,
		MaxBytes: 256 << 10,
		Fresh:    30 * time.Minute,
	}
}

// Run tries every way and records how long each took.
func (c *Connect) Run(ctx context.Context, rec *checks.Recorder) error {
	if c.cfg.Far == nil {
		return c.public(ctx, rec)
	}
	rec.Progress(checks.Progress{Stage: "server"})
	begin := time.Now()
	s, err := c.cfg.far(ctx)
	if err != nil {
		rec.Fact("issuer", issuer(ctx, err))
		return err
	}
	_, own, _ := routed(ctx, echoHost(s))
	rec.Progress(checks.Progress{Stage: "stun", Fraction: 0.1})
	f, err := preflight(ctx, s)
	if err != nil {
		rec.Fact("issuer", issuer(ctx, err))
		return err
	}
	kind := recordSTUN(rec, f.stun)
	rec.Fact("filtering", f.filtering)
	rec.Progress(checks.Progress{Stage: "connect", Fraction: 0.4})
	tries := c.try(ctx, s, f)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p := c.record(ctx, rec, f, tries)
	p.nat, p.web = kind, webPort(s)
	if p.anyOpen() {
		c.cfg.Memory.keep(s, own, f.without(tries), time.Since(begin))
	}
	return verdict(ctx, rec, s, f, p, tries)
}

// attempt is a call by one way and how far it came.
type attempt struct {
	timings
	family string // of the address that this computer called
	err    error
}

// try calls by every way that is open, all at once.
func (c *Connect) try(ctx context.Context, s *exchange.Session, f flight) map[Way]attempt {
	tries := map[Way]attempt{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for way, one := range f.ways {
		if one.err != nil {
			continue
		}
		all.Go(func() {
			a := c.attempt(ctx, s, way, one.servers)
			mu.Lock()
			defer mu.Unlock()
			tries[way] = a
		})
	}
	all.Wait()
	return tries
}

func (c *Connect) attempt(ctx context.Context, s *exchange.Session, way Way, servers []server) (a attempt) {
	call, err := newCall(ctx, c.cfg, s, way, servers, wayLimit)
	if err != nil {
		a.err = err
		return a
	}
	defer call.close()
	a.timings, a.err = call.place(ctx)
	if a.err == nil {
		a.family = call.family()
	}
	return a
}

// record records what became of each way.
func (c *Connect) record(ctx context.Context, rec *checks.Recorder, f flight, tries map[Way]attempt) picture {
	p := picture{states: map[Way]string{}, ports: f.ports}
	for _, way := range ways() {
		one, offered := f.ways[way]
		switch {
		case !offered:
			p.states[way] = wayNotTried
		case one.err != nil:
			p.states[way] = way.code(one.err)
		case tries[way].err != nil:
			p.states[way] = way.code(tries[way].err)
		default:
			p.states[way] = wayOpen
		}
		rec.Fact(string(way), p.states[way])
		tries[way].record(rec, "webrtc.connect."+string(way))
		rec.Fact("issuer", issuer(ctx, one.err))
	}
	for _, way := range ways() {
		if p.states[way] == wayOpen {
			rec.Fact("way", string(way))
			rec.Fact("family", tries[way].family)
			rec.Metric("webrtc.connect.ms", ms(tries[way].channel), "ms", 1)
			break
		}
	}
	return p
}

// verdict records the one cause. Its error is why no call came about at all.
func verdict(ctx context.Context, rec *checks.Recorder, s *exchange.Session, f flight, p picture, tries map[Way]attempt) error {
	trouble, ours := diagnose(p)
	rec.Fact(report.OursFact, ours)
	if p.anyOpen() {
		rec.Fact("trouble", trouble)
		return nil
	}
	var errs []error
	for _, way := range ways() {
		errs = append(errs, f.ways[way].err, tries[way].err)
	}
	return afterwards(ctx, s, checks.Unavailable("webrtc."+trouble, faultOf(trouble), errors.Join(errs...)))
}

// without is the flight in which the ways whose calls did not come about are closed.
func (f flight) without(tries map[Way]attempt) flight {
	f.ways = maps.Clone(f.ways)
	for way, a := range tries {
		if a.err != nil {
			f.ways[way] = found{err: a.err}
		}
	}
	return f
}

// webPort is the port at which the server speaks HTTPS.
func webPort(s *exchange.Session) int {
	u, err := url.Parse(s.Origin())
	if err != nil {
		return 0
	}
	_, port, err := address.Split(address.HostPort(u))
	if err != nil {
		return 0
	}
	return port
}

// record records what was reached, even where the next step failed.
func (a attempt) record(rec *checks.Recorder, key string) {
	for _, m := range []struct {
		key      string
		from, to time.Duration
	}{
		{key + ".signal.ms", a.open, a.answer},
		{key + ".ice.ms", a.answer, a.ice},
		{key + ".dtls.ms", a.ice, a.dtls},
		{key + ".datachannel.ms", a.dtls, a.channel},
		{key + ".ms", 0, a.channel},
	} {
		if m.to > 0 {
			rec.Metric(m.key, ms(max(0, m.to-m.from)), "ms", 1)
		}
	}
}

// family is the family of the address that this computer sends from.
func (c *call) family() string {
	pair, err := c.pc.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	if err != nil || pair == nil || c.tunnel != nil {
		return ""
	}
	if strings.Contains(pair.Remote.Address, ":") {
		return "ipv6"
	}
	return "ipv4"
}

// public asks the public STUN servers.
func (c *Connect) public(ctx context.Context, rec *checks.Recorder) error {
	rec.Progress(checks.Progress{Stage: "stun"})
	found := nat.Ask(ctx, c.cfg.stunServers())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	recordSTUN(rec, found)
	if len(found.Mappings) == 0 {
		if found.Err == nil {
			found.Err = errors.New("no server to ask")
		}
		return wire.Problem("webrtc.stun", found.Err)
	}
	return nil
}

// recordSTUN records what STUN servers said, and says how the NAT maps; nothing where none answered.
func recordSTUN(rec *checks.Recorder, found nat.Survey) (kind string) {
	if len(found.Mappings) == 0 {
		return ""
	}
	var took []float64
	for _, m := range found.Mappings {
		took = append(took, ms(m.Took))
	}
	rec.Fact("stun", "reachable")
	kind = found.Kind(address.Own())
	rec.Fact("nat", kind)
	rec.Metric("webrtc.stun.ms", stats.Median(took), "ms", len(took))
	return kind
}

// ms is a duration in milliseconds.
func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
