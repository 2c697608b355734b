package webrtc

import (
	"context"
	"errors"
	"sync"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/media"
	"linecheck/report"
	"linecheck/report/exchange"
)

// result records what the streams show, with the probe's account of them where there is one.
func (t *talk) result(ctx context.Context) error {
	seen, fault := t.observe(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	t.st.echoes[media.Speech].record(t.rec, media.Speech, seen)
	t.st.echoes[media.Video].record(t.rec, media.Video, seen)
	if t.loaded {
		t.st.echoes[media.Loaded].record(t.rec, media.Loaded, seen)
	}
	if t.fallback != nil {
		t.fallback.record(t.rec, media.Fallback, seen)
	}
	trouble := t.st.trouble()
	if t.held != "" {
		trouble = t.held
	}
	switch {
	case t.gone && fault == report.FaultServer:
		t.ours = codeAway
	case t.gone && t.relayDied(ctx):
		t.ours = codeDead
	case t.gone:
		trouble = codeStopped
		t.rec.Fact("media.back", report.YesNo(false))
	case t.st.gap:
		t.rec.Fact("media.back", report.YesNo(true))
	}
	t.rec.Fact(report.OursFact, t.ours)
	t.rec.Fact("trouble", trouble)
	return ctx.Err()
}

// leastLarge is how many large packets must have been sent to say anything of their size.
const leastLarge = 50

// mostLost is the share of speech that may be lost where the size is to be the cause.
const mostLost = 0.45

// trouble names what the streams show together; "none" where nothing. Large packets
// that are lost for their size never pass: where some do, the line is narrow or something counts packets.
func (s *stream) trouble() string {
	sent, came := s.echoes[media.Video].counts()
	if sent >= leastLarge && came == 0 && s.echoes[media.Speech].missing() < mostLost {
		return codeLarge
	}
	return noTrouble
}

// stopped records how far a stream came that broke off, and finds out whose fault
// it is. A loss ratio would say nothing here.
func (t *talk) stopped(ctx context.Context, cause error) error {
	if !errors.Is(cause, errSilent) {
		return cause
	}
	t.st.echoes[media.Speech].recordStopped(t.rec, t.st.began)
	if err := t.theirs(ctx); err != nil {
		return err
	}
	t.rec.Fact("media.back", report.YesNo(false))
	return checks.Unavailable("webrtc."+codeStopped, report.FaultNetwork, cause)
}

// theirs is the problem at the recruiter's end by which a call stopped; nil where there is none.
func (t *talk) theirs(ctx context.Context) error {
	err := ask(ctx, t.s)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var p *checks.Problem
	if err != nil && errors.As(afterwards(ctx, t.s, err), &p) && p.Fault == report.FaultServer {
		return p
	}
	if err == nil && t.relayDied(ctx) {
		return checks.Unavailable("webrtc."+codeDead, report.FaultServer, errSilent)
	}
	return ctx.Err()
}

// ask asks the server anything, to learn whether it is there.
func ask(ctx context.Context, s *exchange.Session) error {
	limited, cancel := context.WithTimeout(ctx, observeLimit)
	defer cancel()
	return again(limited, s, func() error {
		_, err := s.Clock(limited)
		return err
	})
}

// relayLimit bounds the look whether relays are there.
const relayLimit = 2 * time.Second

// relayDied says whether the call went through a relay that is not there any more:
// no way through relays opens now, and one of them is turned away or finds nobody who
// speaks, though the server answers. Silence alone can be the network's.
func (t *talk) relayDied(ctx context.Context) bool {
	if !t.st.call.way.relayed() {
		return false
	}
	limited, cancel := context.WithTimeout(ctx, relayLimit)
	defer cancel()
	var mu sync.Mutex
	alive, refused := false, false
	var each sync.WaitGroup
	for way, one := range t.f.ways {
		if !way.relayed() || len(one.servers) == 0 {
			continue
		}
		each.Go(func() {
			again := try(limited, ctx, t.s, way, one.servers)
			mu.Lock()
			defer mu.Unlock()
			if again.err == nil {
				alive = true
				return
			}
			switch way.code(again.err) {
			case codeUDPRejected, codeTCPRejected, codeDead, codeTLS, codeBroken:
				refused = true
			}
		})
	}
	each.Wait()
	return ctx.Err() == nil && refused && !alive
}

// The values of the fact observation where the probe's account does not count.
const (
	seenMissing   = "missing"
	seenUntrusted = "untrusted"
)

// sent is how many packets of each stream were sent, as the probe is told.
func (t *talk) sent() map[string]int {
	sent := map[string]int{}
	for _, name := range media.Counted() {
		own := t.st.echoes[name]
		if name == media.Fallback {
			own = t.fallback
		}
		if own != nil {
			if n, _ := own.counts(); n > 0 {
				sent[name.Prefix()+"sent"] = n
			}
		}
	}
	return sent
}

// observe gets the probe's account of the streams and returns its numbers: none
// where it could not be had or is not by a trusted probe. The fact observation says
// which, and another whose fault that is.
func (t *talk) observe(ctx context.Context) (numbers []report.Metric, fault report.Fault) {
	if t.cfg.Open == nil {
		return nil, ""
	}
	limited, cancel := context.WithTimeout(ctx, observeLimit)
	sealed, err := t.s.ObservationOf(limited, media.Check, t.sent())
	cancel()
	if err != nil {
		fault = report.FaultNetwork
		var p *checks.Problem
		if errors.As(afterwards(ctx, t.s, err), &p) && p.Fault == report.FaultServer {
			fault = report.FaultServer
		}
		t.rec.Fact("observation", seenMissing)
		t.rec.Fact(report.UnseenFact, string(fault))
		return nil, fault
	}
	o, err := t.cfg.Open(sealed)
	if err != nil || o.Check != media.Check {
		t.rec.Fact("observation", seenUntrusted)
		t.rec.Fact(report.UnseenFact, string(report.FaultServer)) // the connection is to the server, so the seal is its
		return nil, ""
	}
	t.rec.Fact("observation", "sealed")
	t.rec.Observed(sealed, o.Metrics, o.Series)
	return o.Metrics, ""
}
