package webrtc

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/media"
	"linecheck/report"
	"linecheck/report/exchange"
)

// at runs do once, when the check is that far in a stage.
func at(stage string, fraction float64, do func()) func(checks.Progress) {
	var once sync.Once
	return func(p checks.Progress) {
		if p.Stage == stage && p.Fraction >= fraction {
			once.Do(do)
		}
	}
}

// A call that stops for good after its sound was measured is told, at whatever moment it stops.
func TestACallThatStopsLate(t *testing.T) {
	t.Parallel()
	type late struct {
		name, stage string
		fraction    float64
	}
	sideBySide(t, []late{
		{"at the end of speech", "call", 0.6},
		{"on a full line", "loaded", 0},
		{"while the path is cut", "reconnect", 0},
	}, func(t *testing.T, tt late) {
		cfg := newFar(t).config(t)
		cfg.span = 4 * time.Second
		var cut atomic.Bool
		cfg.drop = func(way Way, _ bool, _ []byte) bool { return way.overUDP() && cut.Load() }
		ev, _ := checks.RunOne(t.Context(), NewMedia(cfg), at(tt.stage, tt.fraction, func() { cut.Store(true) }))
		if ev.Outcome != report.Measured || ev.Facts["trouble"] != codeStopped || ev.Facts["media.back"] != "no" || ev.Facts["fallback"] != wayOpen {
			t.Errorf("%s: outcome %s, reason %s, facts %v", tt.name, ev.Outcome, ev.Reason, ev.Facts)
		}
		loss, ok := ev.Metric("webrtc.loss.ratio")
		if !ok || tt.stage == "call" && (loss.Value < 0.02 || loss.Value > 0.4) { // what was lost at the very end is lost
			t.Errorf("%s: loss %v", tt.name, loss.Value)
		}
	})
}

// A call that is silent for four seconds and comes back is measured: what was lost counts.
func TestACallThatComesBack(t *testing.T) {
	t.Parallel()
	cfg := newFar(t).config(t)
	cfg.span = 7 * time.Second
	var cut atomic.Bool
	cfg.drop = func(Way, bool, []byte) bool { return cut.Load() }
	ev, _ := checks.RunOne(t.Context(), plain(cfg), at("call", 0.2, func() {
		cut.Store(true)
		time.AfterFunc(4*time.Second, func() { cut.Store(false) })
	}))
	if ev.Outcome != report.Measured || ev.Facts["media.back"] != "yes" || ev.Facts["trouble"] != noTrouble {
		t.Errorf("outcome %s, reason %s, facts %v", ev.Outcome, ev.Reason, ev.Facts)
	}
	between(t, ev, "webrtc.loss.ratio", 0.45, 0.68)
}

// hanging is a server that takes requests and never answers, once it hangs.
func hanging(hangs *atomic.Bool) func(http.Handler) http.Handler {
	return func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if hangs.Load() {
				_, _ = io.Copy(io.Discard, r.Body) // only then it is noticed that the client has gone
				<-r.Context().Done()
				panic(http.ErrAbortHandler)
			}
			h.ServeHTTP(w, r)
		})
	}
}

// A server that hangs is the server's fault, though nothing refuses.
func TestMediaWhenTheServerHangs(t *testing.T) {
	t.Parallel()
	var hangs atomic.Bool
	cfg := newFarWith(t, func(*probeConfig) {}, hanging(&hangs)).config(t)
	cfg.span = 8 * time.Second
	cfg.drop = func(Way, bool, []byte) bool { return hangs.Load() }
	ev, _ := checks.RunOne(t.Context(), NewMedia(cfg), at("call", 0.15, func() { hangs.Store(true) }))
	if ev.Reason != "webrtc.server.away" || ev.Fault != report.FaultServer {
		t.Errorf("outcome %s, reason %s, fault %s", ev.Outcome, ev.Reason, ev.Fault)
	}
}

// The probe's account is missing because its server died, or hangs: that is told, and nobody's line.
func TestMediaWhenTheServerIsGoneAtTheEnd(t *testing.T) {
	t.Parallel()
	sideBySide(t, []string{"dies", "hangs"}, func(t *testing.T, how string) {
		var hangs atomic.Bool
		f := newFarWith(t, func(*probeConfig) {}, hanging(&hangs))
		cfg := f.config(t)
		cfg.span = time.Second
		ev, _ := checks.RunOne(t.Context(), plain(cfg), at("fallback", 0, func() {
			if how == "dies" {
				f.die()
			} else {
				hangs.Store(true)
			}
		}))
		if ev.Outcome != report.Measured || ev.Facts["observation"] != seenMissing || ev.Facts[report.UnseenFact] != string(report.FaultServer) || ev.Facts["trouble"] != noTrouble {
			t.Errorf("it %s: outcome %s, reason %s, facts %v", how, ev.Outcome, ev.Reason, ev.Facts)
		}
	})
}

// The server dies in the middle of what comes after speech: the call that stops by it is not the line's.
func TestMediaWhenTheServerDiesLate(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	cfg := f.config(t)
	cfg.span = time.Second
	ev, _ := checks.RunOne(t.Context(), plain(cfg), at("reconnect", 0, f.die))
	if ev.Outcome != report.Measured || ev.Facts["trouble"] != noTrouble || ev.Facts["ours"] != codeAway || ev.Facts[report.UnseenFact] != "server" {
		t.Errorf("outcome %s, reason %s, facts %v", ev.Outcome, ev.Reason, ev.Facts)
	}
}

// A kept connection that the server had closed says nothing: it is asked once more over a new one.
func TestAKeptConnectionThatEnded(t *testing.T) {
	for _, path := range []string{"/observations/webrtc.media", "/ice", "/echo"} {
		t.Run(path, func(t *testing.T) {
			var dropped atomic.Bool
			cfg := newFarWith(t, func(*probeConfig) {}, func(h http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasSuffix(r.URL.Path, path) && !dropped.Swap(true) {
						panic(http.ErrAbortHandler)
					}
					h.ServeHTTP(w, r)
				})
			}).config(t)
			cfg.span = 300 * time.Millisecond
			ev, _ := checks.RunOne(t.Context(), plain(cfg), nil)
			if ev.Outcome != report.Measured || ev.Facts["way"] != string(Direct) || !dropped.Load() {
				t.Errorf("outcome %s, reason %s, facts %v", ev.Outcome, ev.Reason, ev.Facts)
			}
		})
	}
}

// onACall does something within a direct call, and returns what is recorded meanwhile.
func onACall(t *testing.T, cfg Config, do func(*stream)) report.Evidence {
	t.Helper()
	s, err := cfg.Far(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return recorded(t, func(rec *checks.Recorder) {
		st, err := (&talk{Media: NewMedia(cfg), s: s, rec: rec}).call(t.Context(), Direct, wayLimit)
		if err != nil {
			t.Error(err)
			return
		}
		defer st.call.close()
		do(st)
	})
}

// A restart is a real one: nothing passes while the path is cut, and ICE begins anew.
func TestReconnectRestartsICE(t *testing.T) {
	t.Parallel()
	cfg := newFar(t).config(t)
	var mu sync.Mutex
	var passed []time.Time
	cfg.drop = func(_ Way, out bool, _ []byte) bool {
		mu.Lock()
		defer mu.Unlock()
		if out {
			passed = append(passed, time.Now())
		}
		return false
	}
	ev := onACall(t, cfg, func(st *stream) {
		ufrag := func() string {
			_, rest, _ := strings.Cut(st.call.pc.LocalDescription().SDP, "a=ice-ufrag:")
			name, _, _ := strings.Cut(rest, "\r\n")
			return name
		}
		before, begin := ufrag(), time.Now()
		if back, err := st.reconnect(t.Context()); !back || err != nil {
			t.Errorf("back: %v, %v", back, err)
		}
		if after := ufrag(); after == before || after == "" {
			t.Errorf("the same ICE goes on: %q, %q", before, after)
		}
		mu.Lock()
		defer mu.Unlock()
		longest, last := time.Duration(0), begin
		for _, at := range passed {
			if at.After(begin) {
				longest, last = max(longest, at.Sub(last)), at
			}
		}
		if longest < cutSpan-50*time.Millisecond {
			t.Errorf("it was silent for %v at most", longest)
		}
	})
	if ev.Facts["reconnect"] != wayOpen {
		t.Errorf("facts %v", ev.Facts)
	}
	between(t, ev, "webrtc.reconnect.ms", 0.1, 2000)
}

// A program that stands still, as in a computer that sleeps, has not lost its call: what was not sent cannot come back.
// It goes on at the pace of a call.
func TestACallOfAProgramThatStoodStill(t *testing.T) {
	t.Parallel()
	cfg := newFar(t).config(t)
	onACall(t, cfg, func(st *stream) {
		err := st.flow(t.Context(), media.Speech, 100, true, func(i int) {
			if i == 50 {
				time.Sleep(backLimit + 500*time.Millisecond)
			}
		})
		sent := st.echoes[media.Speech].sent
		if err != nil || len(sent) != 100 {
			t.Fatalf("after %d packets: %v", len(sent), err)
		}
		if rest := sent[99] - sent[51]; rest < 40*media.Interval {
			t.Errorf("the 48 packets after it are sent in %v", rest)
		}
		if lost := st.echoes[media.Speech].missing(); lost > 0.05 {
			t.Errorf("%.2f are missing", lost)
		}
		if st.gap {
			t.Error("the call is said to have been silent")
		}
	})
}

// A server that takes connections and says nothing from the first on is not a line that is dead.
func TestAServerThatNeverSpeaks(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	silent := &url.Error{Op: "Post", URL: "https://" + ln.Addr().String() + "/v1/session", Err: context.DeadlineExceeded}
	cfg := Config{Far: func(context.Context) (*exchange.Session, error) { return nil, silent }}
	begin := time.Now()
	ev, _ := checks.RunOne(t.Context(), NewConnect(cfg), nil)
	if ev.Reason != "webrtc.server.away" || ev.Fault != report.FaultServer || time.Since(begin) > hungLimit+time.Second {
		t.Errorf("reason %s, fault %s after %v", ev.Reason, ev.Fault, time.Since(begin))
	}
}
