package webrtc

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/checks/probe"
	"linecheck/report"
	"linecheck/report/exchange"
)

// small is a check whose bytes for the full line are few, so that every line is fast to it.
func small(cfg Config) *Media {
	cfg.span = 2 * time.Second
	m := NewMedia(cfg)
	m.load = 12 << 20
	return m
}

// On a line that would move the bytes in no time there is a figure too: they are spread
// over two seconds, and not one more is moved.
func TestLoadOfAFastLine(t *testing.T) {
	var moved atomic.Int64
	f := newFarWith(t, func(*probeConfig) {}, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Body = &countedBody{r.Body.Close, r.Body.Read, &moved}
			h.ServeHTTP(w, r)
		})
	})
	m := small(f.config(t))
	ev, _ := checks.RunOne(t.Context(), m, nil)
	if ev.Outcome != report.Measured || ev.Facts["loaded"] != "connected" || ev.Facts["filled.download"] != "no" || ev.Facts["filled.upload"] != "no" {
		t.Fatalf("outcome %s, reason %s, facts %v", ev.Outcome, ev.Reason, ev.Facts)
	}
	if n := number(t, ev, "webrtc.mos.loaded"); n.Samples < leastLoaded {
		t.Errorf("the quality rests on %d packets", n.Samples)
	}
	limit := float64(m.load) * onTheWire
	between(t, ev, "webrtc.loaded.download.mbps", 0.5*limit*2/3*8/1e6/leastFilled.Seconds(), 1.1*limit*2/3*8/1e6/leastFilled.Seconds())
	between(t, ev, "webrtc.loaded.upload.mbps", 0.5*limit/3*8/1e6/leastFilled.Seconds(), 1.1*limit/3*8/1e6/leastFilled.Seconds())
	if got := float64(moved.Load()); got > limit/3+1<<20 || got < limit/6 {
		t.Errorf("%.0f bytes came up, of %.0f", got, limit/3)
	}
	if running, waiting := f.probe.Tests(); running+waiting != 0 {
		t.Errorf("the place is not given back: %d, %d", running, waiting)
	}
}

// A direction that something on the way refuses does not fill the line, and nothing is said of calls on a full one.
func TestLoadThatIsRefused(t *testing.T) {
	f := newFarWith(t, func(*probeConfig) {}, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/speedtest/upload.php") { // as a proxy that takes nothing large
				http.Error(w, "too large", http.StatusRequestEntityTooLarge)
				return
			}
			h.ServeHTTP(w, r)
		})
	})
	ev, _ := checks.RunOne(t.Context(), small(f.config(t)), nil)
	if _, said := ev.Metric("webrtc.mos.loaded"); ev.Facts["loaded"] != "too-short" || said {
		t.Errorf("facts %v", ev.Facts)
	}
}

type countedBody struct {
	end   func() error
	read  func([]byte) (int, error)
	moved *atomic.Int64
}

func (b *countedBody) Close() error { return b.end() }

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.read(p)
	b.moved.Add(int64(n))
	return n, err
}

// Where the places for speed tests are taken the line is not filled: that would spoil the
// figures of both. Where one becomes free in time it is.
func TestLoadWaitsForAPlace(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		free       bool
	}{{"taken", "crowded", false}, {"free after a moment", "connected", true}} {
		t.Run(tt.name, func(t *testing.T) {
			var filled, others atomic.Int64
			asked := make(chan struct{}, 10)
			f := newFarWith(t, func(c *probeConfig) { c.Places = 1 }, func(h http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.Contains(r.URL.Path, "/speedtest/") {
						filled.Add(1)
					}
					h.ServeHTTP(w, r)
					if strings.HasSuffix(r.URL.Path, "/load") && r.Method == http.MethodPost {
						asked <- struct{}{}
					}
				})
			})
			cfg := f.config(t)
			other := sessionOf(t, f)
			if err := other.Begin(t.Context(), "internet.speed"); err != nil {
				t.Fatal(err)
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				<-asked
				if tt.free {
					_, _ = other.Observation(t.Context(), "internet.speed")
					return
				}
				others.Store(1) // a test that moves nothing for five seconds counts as over
				transport := other.Transport()
				defer transport.CloseIdleConnections()
				if resp, err := (&http.Client{Transport: transport}).Get(other.URL("/speedtest/random350x350.jpg")); err == nil {
					_ = resp.Body.Close()
				}
			}()
			ev, _ := checks.RunOne(t.Context(), small(cfg), nil)
			if ev.Outcome != report.Measured || ev.Facts["loaded"] != tt.want {
				t.Errorf("outcome %s, reason %s, facts %v", ev.Outcome, ev.Reason, ev.Facts)
			}
			if ev.Facts["media.back"] != "" {
				t.Errorf("waiting counts as a call that stopped: %v", ev.Facts)
			}
			if n := filled.Load() - others.Load(); (n > 0) != tt.free {
				t.Errorf("%d requests filled the line", n)
			}
			<-done
			if _, waiting := f.probe.Tests(); waiting != 0 {
				t.Error("it still waits for a place")
			}
		})
	}
}

// sessionOf is another applicant's session.
func sessionOf(t *testing.T, f *far) *exchange.Session {
	t.Helper()
	client, err := exchange.NewClient(f.url, f.pin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	grant, err := f.probe.Open(probe.Subject{InviteID: "another", InviteDigest: strings.Repeat("cd", 32), Nonce: "n", SessionKey: "another"}, strings.TrimPrefix(f.url, "https://"))
	if err != nil {
		t.Fatal(err)
	}
	return &exchange.Session{Client: client, Grant: grant}
}

// A server that knows nothing of places is loaded as ever.
func TestLoadOfAnOlderServer(t *testing.T) {
	f := newFarWith(t, func(*probeConfig) {}, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/load") {
				http.NotFound(w, r)
				return
			}
			h.ServeHTTP(w, r)
		})
	})
	ev, _ := checks.RunOne(t.Context(), small(f.config(t)), nil)
	if ev.Facts["loaded"] != "connected" {
		t.Errorf("facts %v", ev.Facts)
	}
}
