package webrtc

import (
	"context"
	"errors"
	"time"

	"linecheck/checks"
	"linecheck/report"
)

// headStart is how long the best way has to itself before the others are tried beside it.
const headStart = time.Second

// tried is what came of a call by one way.
type tried struct {
	way Way
	st  *stream
	err error
}

// best makes the call by the best of the ways that are open: the first of them by
// which packets come back. Each has its own time, so that none uses up another's.
func (t *talk) best(ctx context.Context) error {
	var open []Way
	for _, way := range ways() {
		if t.f.open(way) {
			open = append(open, way)
		}
	}
	results := make(chan tried, len(open))
	racing, cancel := context.WithCancel(ctx)
	defer cancel()
	begun, done := 0, map[Way]tried{}
	begin := func(n int) {
		for ; begun < min(n, len(open)); begun++ {
			way := open[begun]
			go func() {
				st, err := t.call(racing, way, wayLimit)
				results <- tried{way, st, err}
			}()
		}
	}
	begin(1)
	alone := time.NewTimer(headStart)
	defer alone.Stop()
	won, decided := chosen(open, done)
	for !decided {
		select {
		case <-alone.C:
			begin(len(open))
		case one := <-results:
			done[one.way] = one
			if one.err != nil {
				begin(len(open))
			}
			won, decided = chosen(open, done)
		}
	}
	cancel()
	for n := len(done); n < begun; n++ { // those that are not needed
		if one := <-results; one.st != nil {
			one.st.call.close()
		}
	}
	for way, one := range done {
		if one.st != nil && way != won {
			one.st.call.close()
		}
	}
	if ctx.Err() != nil {
		if one, ok := done[won]; ok && one.st != nil {
			one.st.call.close()
		}
		return ctx.Err()
	}
	if won == "" {
		return t.noWay(ctx, done)
	}
	t.st = done[won].st
	t.rec.Fact("way", string(won))
	t.judge(won, done)
	return nil
}

// chosen is the best way that carries a call; decided is false while a better one may still turn out to.
func chosen(open []Way, done map[Way]tried) (won Way, decided bool) {
	for _, way := range open {
		one, ok := done[way]
		if !ok {
			return "", false
		}
		if one.err == nil {
			return way, true
		}
	}
	return "", true
}

// noWay is the problem where no way carries a call.
func (t *talk) noWay(ctx context.Context, done map[Way]tried) error {
	p := picture{states: map[Way]string{}, web: webPort(t.s), ports: t.f.ports}
	var errs []error
	for way, one := range t.f.ways {
		err := one.err
		if d, ok := done[way]; ok {
			err = d.err
		}
		if err != nil {
			p.states[way], errs = way.code(err), append(errs, err)
		}
	}
	trouble, _ := diagnose(p)
	return afterwards(ctx, t.s, checks.Unavailable("webrtc."+trouble, faultOf(trouble), errors.Join(errs...)))
}

// judge notes why ways over UDP that were tried carry no call, although another does.
func (t *talk) judge(won Way, done map[Way]tried) {
	for _, way := range []Way{Direct, TURNUDP} {
		one, ok := done[way]
		if !ok || one.err == nil || way == TURNUDP && won.overUDP() {
			continue
		}
		code := way.code(one.err)
		if faultOf(code) != report.FaultServer {
			t.held = code
			return
		}
		t.ours = code
	}
}

// call makes a call by a way, within that time, and waits for the first echo.
func (t *talk) call(ctx context.Context, way Way, most time.Duration) (*stream, error) {
	c, err := newCall(ctx, t.cfg, t.s, way, t.f.ways[way].servers, most)
	if err != nil {
		return nil, err
	}
	st, err := newStream(c, t.rec)
	if err == nil {
		_, err = c.place(ctx)
	}
	if err == nil {
		err = st.warmUp(ctx)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return st, nil
}

// codeOf is the code of a way whose stream ended with err.
func codeOf(way Way, err error) string {
	if errors.Is(err, errSilent) {
		return codeStopped
	}
	return way.code(err)
}
