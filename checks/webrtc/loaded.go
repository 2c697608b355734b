package webrtc

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"linecheck/checks"
	"linecheck/checks/internal/media"
	"linecheck/report"
	"linecheck/report/exchange"
)

const (
	// maxLoad bounds the bytes on the wire that fill the line, two thirds of them downwards.
	maxLoad = 120 << 20
	// onTheWire is the share of those bytes that may be read and written: the rest is what carries them
	// (4 % in headers, 2 % in acknowledgements), and what is still under way when the reading ends.
	onTheWire = 0.85
	// loadConns is how many connections fill each direction.
	loadConns = 4
	// leastLoaded is how many packets of speech must have been sent on a full line to say anything: one second's.
	leastLoaded = 50
	// leastFilled is how long the bytes must last: on a line that would move them sooner they are spread over it.
	leastFilled = loadRamp + 1400*time.Millisecond
	// placeLimit is how long a place at the server is waited for, placeEvery how often it is asked for.
	placeLimit, placeEvery = 2 * time.Second, time.Second
)

// loaded sends speech while the line is full in both directions, as when a system
// updates itself during a call. It is false where the line could not be filled for long enough.
func (m *Media) loaded(ctx context.Context, s *exchange.Session, st *stream, rec *checks.Recorder) (bool, error) {
	rec.Progress(checks.Progress{Stage: "loaded", Fraction: 0.68})
	stop := st.keepTalking() // a call that waits is not silent
	leave, err := place(ctx, s)
	stop()
	if err != nil {
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		rec.Fact("loaded", "crowded")
		return false, nil
	}
	defer leave()
	span := min(loadedSpan, m.cfg.span)
	f := fill(ctx, s, m.load)
	defer f.stop()
	if err := sleep(ctx, loadRamp); err != nil {
		return false, err
	}
	begin, down, up := st.now(), f.down.moved.Load(), f.up.moved.Load()
	packets := int((span - loadRamp) / media.Interval)
	sent := 0
	flowing, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	err = st.flow(flowing, media.Loaded, packets, false, func(i int) {
		sent = i + 1
		if f.spent() {
			cancel(errSpent)
		}
	})
	took := st.now() - begin
	down, up = f.down.moved.Load()-down, f.up.moved.Load()-up
	f.stop()
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if errors.Is(err, errSilent) {
		rec.Fact("loaded", codeStopped)
		return sent >= leastLoaded, nil // what came until then says enough
	}
	if sent < leastLoaded || down == 0 && up == 0 || f.down.given() || f.up.given() {
		rec.Fact("loaded", "too-short")
		return false, nil
	}
	rec.Fact("loaded", wayOpen)
	rec.Fact("filled.download", report.YesNo(!f.down.held(down, took)))
	rec.Fact("filled.upload", report.YesNo(!f.up.held(up, took)))
	rec.Metric("webrtc.loaded.download.mbps", float64(down)*8/1e6/took.Seconds(), "Mbit/s", loadConns)
	rec.Metric("webrtc.loaded.upload.mbps", float64(up)*8/1e6/took.Seconds(), "Mbit/s", loadConns)
	return true, st.drain(ctx, media.Loaded)
}

// errCrowded: others fill the server's line.
var errCrowded = errors.New("the server has no place for it")

// place waits until the server has one among its speed tests, so that neither spoils the other's
// figures. leave gives it back. A server that knows nothing of places, or cannot be asked, is no reason to wait.
func place(ctx context.Context, s *exchange.Session) (leave func(), err error) {
	transport := s.Transport()
	client := &http.Client{Transport: transport}
	ask := func(ctx context.Context, method string) int {
		req, err := http.NewRequestWithContext(ctx, method, s.URL("/load"), nil)
		if err != nil {
			return 0
		}
		resp, err := client.Do(req)
		if err != nil {
			return 0
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	leave = func() { // also where the person has stopped it
		bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), placeEvery)
		defer cancel()
		ask(bye, http.MethodDelete)
		transport.CloseIdleConnections()
	}
	limited, cancel := context.WithTimeout(ctx, placeLimit)
	defer cancel()
	for ask(limited, http.MethodPost) == http.StatusServiceUnavailable {
		if sleep(limited, placeEvery) != nil {
			break
		}
	}
	if limited.Err() != nil {
		leave()
		return nil, errCrowded
	}
	return leave, nil
}

// errSpent: the bytes that the line may be filled with are used up.
var errSpent = errors.New("the bytes for filling the line are used up")

// filler fills the line in both directions until it is stopped or its bytes are used up.
type filler struct {
	down, up share
	cancel   context.CancelFunc
	all      sync.WaitGroup
}

// share is what one direction may move, as fast as that, and has moved.
type share struct {
	limit int64
	pace  *rate.Limiter
	moved atomic.Int64
	// refused is how many of its connections ended because something on the way, or the far end, refused them.
	refused atomic.Int32
}

// chunk is how much is moved at a time, in bytes.
const chunk = 32 << 10

func newShare(limit float64) share {
	return share{limit: int64(limit), pace: rate.NewLimiter(rate.Limit(limit/leastFilled.Seconds()), 2*chunk)}
}

// held says whether the bytes, and not the line, were what limited the speed.
func (s *share) held(moved int64, took time.Duration) bool {
	return float64(moved) >= 0.9*float64(s.pace.Limit())*took.Seconds()
}

// ended books a connection that ended by itself, neither stopped nor out of bytes.
func (s *share) ended(ctx context.Context) {
	if ctx.Err() == nil && !s.spent() {
		s.refused.Add(1)
	}
}

// given says whether the direction was given up: none of its connections moved anything any more.
func (s *share) given() bool { return s.refused.Load() == loadConns }

func (s *share) spent() bool { return s.moved.Load() >= s.limit }

func (f *filler) spent() bool { return f.down.spent() || f.up.spent() }

// stop ends it and waits until nothing moves any more.
func (f *filler) stop() {
	f.cancel()
	f.all.Wait()
}

// fill begins. Each connection has a transport of its own, so that none waits for another.
func fill(ctx context.Context, s *exchange.Session, limit int64) *filler {
	f := &filler{down: newShare(onTheWire * float64(limit) * 2 / 3), up: newShare(onTheWire * float64(limit) / 3)}
	ctx, f.cancel = context.WithCancel(ctx)
	block := make([]byte, 1<<20)
	_, _ = rand.Read(block) // never fails; what cannot be compressed
	for range loadConns {
		f.all.Go(func() {
			f.repeat(ctx, s, &f.down, func() (*http.Request, error) {
				return http.NewRequestWithContext(ctx, http.MethodGet, s.URL("/speedtest/random4000x4000.jpg"), nil)
			})
		})
		f.all.Go(func() {
			f.repeat(ctx, s, &f.up, func() (*http.Request, error) {
				req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL("/speedtest/upload.php"), &source{ctx: ctx, block: block, share: &f.up, left: 16 << 20})
				if err == nil {
					req.ContentLength = 16 << 20
				}
				return req, err
			})
		})
	}
	return f
}

// repeat sends one request after the other. A far end that refuses ends it.
func (f *filler) repeat(ctx context.Context, s *exchange.Session, own *share, request func() (*http.Request, error)) {
	defer own.ended(ctx)
	transport := s.Transport()
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	for ctx.Err() == nil && !own.spent() {
		req, err := request()
		if err != nil {
			return
		}
		resp, err := client.Do(req)
		if err != nil {
			return
		}
		if req.Method == http.MethodGet {
			_, err = io.CopyBuffer(sink{ctx, own}, onlyReader{resp.Body}, make([]byte, chunk))
		} else {
			_, err = io.Copy(io.Discard, resp.Body)
		}
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			return
		}
	}
}

// onlyReader hides what else a body can do, so that it is copied by pieces of [chunk].
type onlyReader struct{ io.Reader }

// sink counts what comes, lets it come no faster than it may, and ends it when that is enough.
type sink struct {
	ctx context.Context
	*share
}

func (s sink) Write(b []byte) (int, error) {
	s.moved.Add(int64(len(b)))
	if s.spent() {
		return 0, errSpent
	}
	return len(b), s.pace.WaitN(s.ctx, len(b))
}

// source gives bytes, no faster than it may, and counts them.
type source struct {
	ctx   context.Context
	block []byte
	share *share
	left  int
}

func (s *source) Read(b []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	if s.share.spent() {
		return 0, errSpent
	}
	n := copy(b, s.block[:min(len(s.block), s.left, chunk)])
	if err := s.share.pace.WaitN(s.ctx, n); err != nil {
		return 0, err
	}
	s.left -= n
	s.share.moved.Add(int64(n))
	return n, nil
}
