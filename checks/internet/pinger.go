package internet

import (
	"context"
	"io"
	"math"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"linecheck/checks/internal/stats"
)

const (
	// patience is how long one small request may take, and how long nothing may move.
	patience = 2500 * time.Millisecond
	// idleSamples are measured on an idle line; idleEnough where they take longer than idleTime.
	idleSamples = 20
	idleEnough  = 10
	idleTime    = 1500 * time.Millisecond
	idleGap     = 30 * time.Millisecond
	// loadedGap is how often the latency of a loaded line is sampled.
	loadedGap = 100 * time.Millisecond
	// loadedQuantile is which of the samples is the latency under load: what every tenth packet exceeds.
	loadedQuantile = 0.9
	// loadedEnough is the fewest samples that a latency under load rests on.
	loadedEnough = 5
	// loadedRamp is how long after the load began samples do not count yet.
	loadedRamp = 400 * time.Millisecond
)

// sample is one round trip.
type sample struct {
	begun time.Time
	took  time.Duration
}

// pinger measures round trips with small requests on a connection of its own,
// which stays open through idle and loaded line.
type pinger struct {
	url     string
	client  *http.Client
	sockets *sockets
	warmed  bool
}

func newPinger(far target) *pinger {
	s := newSockets()
	return &pinger{url: far.file("latency.txt"), client: newClient(s.tune(far.transport())), sockets: s}
}

func (p *pinger) close() { p.sockets.end() }

// once makes one request and returns the time from the connection's being
// ready to the first byte of the answer.
func (p *pinger) once(ctx context.Context) (sample, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var sent, first atomic.Pointer[time.Time]
	mark := func(at *atomic.Pointer[time.Time]) {
		now := time.Now()
		at.Store(&now)
	}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:              func(httptrace.GotConnInfo) { mark(&sent) },
		GotFirstResponseByte: func() { mark(&first) },
	})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url, nil)
	if err != nil {
		return sample{}, err
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return sample{}, err
	}
	defer resp.Body.Close()
	if err := judge(req, resp); err != nil {
		return sample{}, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	if err != nil {
		return sample{}, err
	}
	if !strings.HasPrefix(string(body), "test=test") {
		return sample{}, foreign(resp.StatusCode, "the answer is not that of a speed-test server")
	}
	from, to := sent.Load(), first.Load()
	if from == nil || to == nil || to.Before(*from) {
		return sample{}, foreign(resp.StatusCode, "the answer was there before the request")
	}
	return sample{begun: *from, took: to.Sub(*from)}, nil
}

// warm makes the first request, which only connects, unless it was made before.
func (p *pinger) warm(ctx context.Context) error {
	if p.warmed {
		return nil
	}
	_, err := p.once(ctx)
	p.warmed = err == nil
	return err
}

// idle measures round trips on an idle line. It returns what it has when one fails.
func (p *pinger) idle(ctx context.Context, each func(n int, ms float64)) ([]float64, error) {
	if err := p.warm(ctx); err != nil {
		return nil, err
	}
	var ms []float64
	for begin := time.Now(); len(ms) < idleSamples; {
		if len(ms) >= idleEnough && time.Since(begin) >= idleTime {
			break
		}
		sleep(ctx, idleGap)
		s, err := p.once(ctx)
		if err != nil {
			return ms, err
		}
		ms = append(ms, millis(s.took))
		each(len(ms), millis(s.took))
	}
	return ms, nil
}

// during measures round trips until stop is called, which returns them. A failed
// one is left out: whether the line is dead is seen by what moves.
func (p *pinger) during(ctx context.Context) (stop func() []timed) {
	ctx, cancel := context.WithCancel(ctx)
	var all []timed
	var done sync.WaitGroup
	done.Go(func() {
		for ctx.Err() == nil {
			next := time.Now().Add(loadedGap)
			if s, err := p.once(ctx); err == nil {
				all = append(all, timed{s.begun, millis(s.took)})
			}
			sleep(ctx, time.Until(next))
		}
	})
	return func() []timed {
		cancel()
		done.Wait()
		return all
	}
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// jitter is the spread of successive values, NaN of fewer than two.
func jitter(ms []float64) float64 {
	var steps []float64
	for i := 1; i < len(ms); i++ {
		steps = append(steps, math.Abs(ms[i]-ms[i-1]))
	}
	return stats.Mean(steps) / movingRange
}
