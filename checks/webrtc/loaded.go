package webrtc

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"linecheck/checks"
	"linecheck/checks/internal/media"
	"linecheck/report/exchange"
)

const (
	// maxLoad bounds the bytes that fill the line, two thirds of them downwards.
	maxLoad = 120 << 20
	// loadConns is how many connections fill each direction.
	loadConns = 4
	// leastLoaded is how many packets of speech must have been sent on a full line to say anything: one second's.
	leastLoaded = 50
)

// loaded sends speech while the line is full in both directions, as when a system
// updates itself during a call. It is false where the line could not be filled for long enough.
func (m *Media) loaded(ctx context.Context, s *exchange.Session, st *stream, rec *checks.Recorder) (bool, error) {
	if m.load == 0 {
		rec.Fact("loaded", wayNotTried)
		return false, nil
	}
	rec.Progress(checks.Progress{Stage: "loaded", Fraction: 0.68})
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
	err := st.flow(flowing, media.Loaded, packets, false, func(i int) {
		sent = i + 1
		if f.spent() {
			cancel(errSpent)
		}
	})
	took := (st.now() - begin).Seconds()
	down, up = f.down.moved.Load()-down, f.up.moved.Load()-up
	f.stop()
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if errors.Is(err, errSilent) {
		rec.Fact("loaded", "media.stopped")
		return false, nil
	}
	if sent < leastLoaded || down == 0 && up == 0 {
		rec.Fact("loaded", "too-short")
		return false, nil
	}
	rec.Fact("loaded", wayOpen)
	rec.Metric("webrtc.loaded.download.mbps", float64(down)*8/1e6/took, "Mbit/s", loadConns)
	rec.Metric("webrtc.loaded.upload.mbps", float64(up)*8/1e6/took, "Mbit/s", loadConns)
	return true, st.drain(ctx, media.Loaded)
}

// errSpent: the bytes that the line may be filled with are used up.
var errSpent = errors.New("the bytes for filling the line are used up")

// filler fills the line in both directions until it is stopped or its bytes are used up.
type filler struct {
	down, up share
	cancel   context.CancelFunc
	all      sync.WaitGroup
}

// share is what one direction may move and has moved.
type share struct {
	limit int64
	moved atomic.Int64
}

func (s *share) spent() bool { return s.moved.Load() >= s.limit }

func (f *filler) spent() bool { return f.down.spent() || f.up.spent() }

// stop ends it and waits until nothing moves any more.
func (f *filler) stop() {
	f.cancel()
	f.all.Wait()
}

// fill begins. Each connection has a transport of its own, so that none waits for another.
func fill(ctx context.Context, s *exchange.Session, limit int64) *filler {
	f := &filler{}
	f.down.limit, f.up.limit = limit*2/3, limit/3
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
				req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL("/speedtest/upload.php"), &source{block: block, share: &f.up, left: 16 << 20})
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
			_, err = io.Copy(sink{own}, resp.Body)
		} else {
			_, err = io.Copy(io.Discard, resp.Body)
		}
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			return
		}
	}
}

// sink counts what comes and ends it when that is enough.
type sink struct{ *share }

func (s sink) Write(b []byte) (int, error) {
	s.moved.Add(int64(len(b)))
	if s.spent() {
		return 0, errSpent
	}
	return len(b), nil
}

// source gives bytes and counts them.
type source struct {
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
	n := copy(b, s.block[:min(len(s.block), s.left)])
	s.left -= n
	s.share.moved.Add(int64(n))
	return n, nil
}
