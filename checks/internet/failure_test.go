package internet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
)

// soon is how long after the event a failure may take to end the check.
const soon = 3 * time.Second

// answers makes the rig give this answer to the speed-test requests that match, once it is on.
func (r *rig) answers(part string, h http.HandlerFunc) {
	r.intercept(func(w http.ResponseWriter, q *http.Request) bool {
		if !strings.Contains(q.URL.Path, part) {
			return false
		}
		h(w, q)
		return true
	})
}

// garbage answers with something that is not HTTP.
func garbage(w http.ResponseWriter, q *http.Request) {
	_, _ = io.Copy(io.Discard, q.Body)
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(conn, "\x00\x01 220 smtp ready\r\n\r\n")
	_ = conn.Close()
}

func portal(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, "<html>Please log in to the hotel's network"+strings.Repeat(" ", 2000))
}

func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// unanswered takes a request and never answers it, not even when the client goes:
// an empty answer may still overtake the end of the connection.
func unanswered(_ http.ResponseWriter, q *http.Request) {
	_, _ = io.Copy(io.Discard, q.Body) // only then does the server notice that the client has gone
	<-q.Context().Done()
	panic(http.ErrAbortHandler)
}

// Wrong answers, from the first request on or only when the download or upload begins.
func TestWrongAnswers(t *testing.T) {
	const network, server = report.FaultNetwork, report.FaultServer
	refused := status(410, `{"code":"session.unknown","message":"over"}`)
	tests := []struct {
		name, part string
		answer     http.HandlerFunc
		reason     string
		fault      report.Fault
	}{
		{"404 at once", "/", status(404, "nothing here"), "internet.answer.foreign", network},
		{"500 at once", "/", status(500, ""), "internet.answer.foreign", network},
		{"portal at once", "/observations", func(w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, "http://login.example/", http.StatusFound)
		}, "internet.answer.foreign", network},
		{"garbage at once", "/", garbage, "internet.answer.foreign", network},
		{"silence at once", "/", unanswered, "internet.timeout", network},
		{"the probe refuses", "/speedtest", refused, "internet.server.refused", server},
		{"latency is a page", "latency.txt", portal, "internet.answer.foreign", network},
		{"latency is nonsense", "latency.txt", status(200, "hello"), "internet.answer.foreign", network},
		{"download 404", "random", status(404, "nothing here"), "internet.answer.foreign", network},
		{"download 503 with much", "random", status(503, strings.Repeat("x", 100_000)), "internet.answer.foreign", network},
		{"download redirected", "random", func(w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, "/speedtest/elsewhere.jpg", http.StatusFound)
		}, "internet.answer.foreign", network},
		{"download is a page", "random", portal, "internet.answer.foreign", network},
		{"download is short", "random", status(200, "tiny"), "internet.answer.foreign", network},
		{"download garbage", "random", garbage, "internet.answer.foreign", network},
		{"download silent", "random", unanswered, "internet.stalled", network},
		{"upload 403", "upload.php", status(403, ""), "internet.answer.foreign", network},
		{"upload refused", "upload.php", refused, "internet.server.refused", server},
		{"upload garbage", "upload.php", garbage, "internet.answer.foreign", network},
		{"upload cut off", "upload.php", func(w http.ResponseWriter, _ *http.Request) {
			panic(http.ErrAbortHandler)
		}, "internet.broken", network},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			var event atomic.Pointer[time.Time]
			r.answers(tt.part, func(w http.ResponseWriter, q *http.Request) {
				now := time.Now()
				event.CompareAndSwap(nil, &now)
				tt.answer(w, q)
			})
			cfg := r.config(700 * time.Millisecond)
			o := measure(t.Context(), New(cfg))
			o.want(t, report.Unavailable, tt.reason, tt.fault)
			if at := event.Load(); at == nil || time.Since(*at) > soon {
				t.Errorf("ended %v after the event", time.Since(*at))
			}
			if tt.part == "random" { // what was known before is kept
				o.has(t, append(idleKeys(), "moved.download.bytes")...)
			}
		})
	}
}

// idleKeys are what is known of the idle line.
func idleKeys() []string {
	return []string{"latency.idle.ms", "latency.idle.p90.ms", "jitter.ms", "loss.ratio", "loss.ratio.up", "loss.ratio.down"}
}

// The server cannot even be reached.
func TestUnreachable(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	mute, err := net.Listen("tcp", "127.0.0.1:0") // the kernel connects, nobody speaks
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	refuse := func(err error) func(context.Context) (*exchange.Session, error) {
		return func(context.Context) (*exchange.Session, error) { return nil, err }
	}
	tests := []struct {
		name, origin, pin string
		far               func(context.Context) (*exchange.Session, error)
		reason            string
		fault             report.Fault
	}{
		{name: "refused", origin: "https://" + closed.Addr().String(), reason: "internet.server.away", fault: report.FaultServer},
		{name: "no such name", origin: "https://probe.invalid", reason: "internet.dns", fault: report.FaultNetwork},
		{name: "mute", origin: "https://" + mute.Addr().String(), reason: "internet.timeout", fault: report.FaultNetwork},
		{name: "no TLS", origin: strings.Replace(plain.URL, "http:", "https:", 1), reason: "internet.answer.foreign", fault: report.FaultNetwork},
		{name: "other certificate", pin: "sha256:" + strings.Repeat("0", 64), reason: "internet.tls.intercepted", fault: report.FaultNetwork},
		{name: "invite refused", far: refuse(&exchange.Error{Code: "invite.expired", Message: "too late", Status: 403}),
			reason: "internet.server.refused", fault: report.FaultServer},
		{name: "known problem", far: refuse(checks.Unavailable("internet.own.code", report.FaultYou, nil)),
			reason: "internet.own.code", fault: report.FaultYou},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			cfg := r.config(time.Second)
			if tt.far != nil {
				cfg.Far = tt.far
			} else {
				if tt.origin == "" {
					tt.origin = r.srv.URL
				}
				s := r.connect(t, tt.origin, tt.pin, r.session.Grant)
				cfg.Far = func(context.Context) (*exchange.Session, error) { return s, nil }
			}
			o := measure(t.Context(), New(cfg))
			o.want(t, report.Unavailable, tt.reason, tt.fault)
			o.has(t)
			if o.took > soon {
				t.Errorf("took %v", o.took)
			}
		})
	}
}

// breakAfter calls harm that long after the first byte of the given request has moved.
func (r *rig) breakAfter(part string, d time.Duration, harm func()) *atomic.Pointer[time.Time] {
	var armed atomic.Bool
	event := &atomic.Pointer[time.Time]{}
	r.intercept(func(_ http.ResponseWriter, q *http.Request) bool {
		if strings.Contains(q.URL.Path, part) && armed.CompareAndSwap(false, true) {
			time.AfterFunc(d, func() {
				now := time.Now()
				event.Store(&now)
				harm()
			})
		}
		return false
	})
	return event
}

func TestServerDiesInTheMiddle(t *testing.T) {
	for _, part := range []string{"random", "upload.php"} {
		t.Run(part, func(t *testing.T) {
			r := newRig(t)
			r.slowed(1_500_000)
			event := r.breakAfter(part, 1200*time.Millisecond, func() {
				_ = r.srv.Listener.Close()
				r.srv.CloseClientConnections()
			})
			o := measure(t.Context(), New(r.config(10*time.Second).short(part, 1500*time.Millisecond)))
			o.want(t, report.Unavailable, "internet.server.away", report.FaultServer)
			if ago := time.Since(*event.Load()); ago > soon {
				t.Errorf("ended %v after the server died", ago)
			}
			if m, ok := o.Metric("internet.download.mbps"); !ok || m.Value < 6 || m.Value > 14 {
				t.Errorf("download = %v (%v), want what was measured before, about 12", m.Value, ok)
			}
			if _, ok := o.Metric("internet.upload.mbps"); ok {
				t.Error("an upload speed that nobody saw")
			}
		})
	}
}

// short keeps the download short where it is the upload that breaks.
func (c Config) short(part string, d time.Duration) Config {
	if part == "upload.php" {
		c.Length = d
	}
	return c
}

// The line goes dead without a word: connections stand, nothing moves.
func TestLineGoesDead(t *testing.T) {
	for _, part := range []string{"random", "upload.php"} {
		t.Run(part, func(t *testing.T) {
			r := newRig(t)
			line := newLine(t, r.srv.Listener.Addr().String())
			s := r.connect(t, "https://"+line.addr(), exchange.PinOf(r.srv.Certificate()), r.session.Grant)
			r.slowed(1_500_000)
			event := r.breakAfter(part, time.Second, line.cut)
			cfg := r.config(5*time.Second).short(part, 1500*time.Millisecond)
			cfg.Far = func(context.Context) (*exchange.Session, error) { return s, nil }
			o := measure(t.Context(), New(cfg))
			if part == "random" {
				o.want(t, report.Unavailable, "internet.stalled", report.FaultNetwork)
			} else if o.Outcome != report.Unavailable || o.Fault != report.FaultNetwork {
				t.Errorf("%s %s %s", o.Outcome, o.Reason, o.Fault)
			}
			if ago := time.Since(*event.Load()); ago > soon {
				t.Errorf("ended %v after the line went dead", ago)
			}
			if m, ok := o.Metric("internet.moved.download.bytes"); !ok || m.Value < 500_000 {
				t.Errorf("moved %v (%v)", m.Value, ok)
			}
		})
	}
}

func TestObservationFails(t *testing.T) {
	tests := []struct {
		name   string
		answer http.HandlerFunc
		open   func(envelope.Envelope) (report.Observation, error)
		reason string
	}{
		{"not given", status(500, `{"code":"server.failed","message":"no"}`), nil, "internet.server.refused"},
		{"not sealed by the probe", nil, func(envelope.Envelope) (report.Observation, error) {
			return report.Observation{}, errors.New("stranger")
		}, "internet.observation.invalid"},
		{"saw nothing", nil, func(envelope.Envelope) (report.Observation, error) {
			return report.Observation{}, nil
		}, "internet.upload.unseen"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.intercept(func(w http.ResponseWriter, q *http.Request) bool {
				if q.Method != http.MethodGet || !strings.Contains(q.URL.Path, "observations") || tt.answer == nil {
					return false
				}
				tt.answer(w, q)
				return true
			})
			cfg := r.config(time.Second)
			if tt.open != nil {
				cfg.Open = tt.open
			}
			o := measure(t.Context(), New(cfg))
			o.want(t, report.Unavailable, tt.reason, report.FaultServer)
			if _, ok := o.Metric("internet.download.mbps"); !ok {
				t.Error("the download was forgotten")
			}
			if m, ok := o.Metric("internet.upload.mbps"); ok {
				t.Errorf("an upload speed that nobody saw: %+v", m)
			}
		})
	}
}

// A proxy that says no is the network's doing, not the server's.
func TestProxyRefuses(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	denies := httptest.NewServer(status(407, "who are you"))
	defer denies.Close()
	for name, proxy := range map[string]string{"away": closed.Addr().String(), "denies": denies.Listener.Addr().String()} {
		t.Run(name, func(t *testing.T) {
			noLeaks(t)
			far := target{url: "https://probe.example/speedtest/upload.php", transport: func() *http.Transport {
				tr := publicTransport()
				tr.Proxy = http.ProxyURL(mustURL(t, "http://"+proxy))
				return tr
			}}
			p := newPinger(far)
			defer p.close()
			_, err := p.idle(t.Context(), func(int, float64) {})
			var got *checks.Problem
			if r := (&run{}); !errors.As(r.problem(t.Context(), err), &got) || got.Code != "internet.proxy" || got.Fault != report.FaultNetwork {
				t.Errorf("%v became %v", err, got)
			}
		})
	}
}

func TestProblemKeepsContext(t *testing.T) {
	r := &run{}
	if err := r.problem(t.Context(), nil); err != nil {
		t.Errorf("nil became %v", err)
	}
	if err := r.problem(t.Context(), fmt.Errorf("get: %w", context.Canceled)); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancellation became %v", err)
	}
}
