package webrtc

import (
	"context"
	"errors"
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

// Spec says that it takes about a second, and at most the sum of its watchdogs.
func (c *Connect) Spec() checks.Spec {
	return checks.Spec{
		ID: ConnectID, Revision: 2,
		Needs:    []checks.Resource{checks.Network},
		Typical:  2 * time.Second,
		Timeout:  45 * time.Second,
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
	s, err := c.cfg.far(ctx)
	if err != nil {
		return err
	}
	rec.Progress(checks.Progress{Stage: "stun", Fraction: 0.1})
	f, err := preflight(ctx, s)
	if err != nil {
		return err
	}
	kind := recordSTUN(rec, f.stun)
	rec.Fact("filtering", f.filtering)
	rec.Progress(checks.Progress{Stage: "connect", Fraction: 0.4})
	tries := c.try(ctx, s, f)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return verdict(rec, f, kind, tries)
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
	call, err := newCall(ctx, c.cfg, s, way, servers)
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

// verdict records what became of each way. Its error is why no call came about at all.
func verdict(rec *checks.Recorder, f flight, kind string, tries map[Way]attempt) error {
	states := map[Way]string{}
	var errs []error
	for _, way := range ways() {
		one, offered := f.ways[way]
		switch {
		case !offered:
			states[way] = wayNotTried
		case one.err != nil:
			states[way] = way.code(one.err)
		case tries[way].err != nil:
			states[way] = way.code(tries[way].err)
		default:
			states[way] = wayOpen
		}
		errs = append(errs, one.err, tries[way].err)
		rec.Fact(string(way), states[way])
		tries[way].record(rec, "webrtc.connect."+string(way))
		var foreign *stranger
		if errors.As(one.err, &foreign) {
			rec.Fact("issuer", foreign.issuer)
		}
	}
	for _, way := range ways() {
		if states[way] == wayOpen {
			rec.Fact("way", string(way))
			rec.Fact("family", tries[way].family)
			rec.Metric("webrtc.connect.ms", ms(tries[way].channel), "ms", 1)
			break
		}
	}
	trouble, ours := diagnose(states, kind)
	rec.Fact(report.OursFact, ours)
	if anyOpen(states) {
		rec.Fact("trouble", trouble)
		return nil
	}
	return checks.Unavailable("webrtc."+trouble, faultOf(trouble), errors.Join(errs...))
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
