package internet

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/report"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// slowed lets the rig move no more than about that many bytes a second in all,
// so that a test on loopback lasts as long as on a real line.
func (r *rig) slowed(bytesPerSecond int) {
	real := r.srv.Config.Handler
	l := &limit{rate: bytesPerSecond}
	r.srv.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if strings.Contains(q.URL.Path, "/speedtest/") {
			q.Body = &slowBody{ReadCloser: q.Body, limit: l}
			w = &slowWriter{ResponseWriter: w, limit: l}
		}
		real.ServeHTTP(w, q)
	})
}

const slowCut = 10_000 // bytes between two pauses

// limit lets bytes through one after the other.
type limit struct {
	rate int
	mu   sync.Mutex
	free time.Time
}

func (l *limit) pause(n int) {
	l.mu.Lock()
	if now := time.Now(); l.free.Before(now) {
		l.free = now
	}
	l.free = l.free.Add(time.Duration(n) * time.Second / time.Duration(l.rate))
	until := l.free
	l.mu.Unlock()
	time.Sleep(time.Until(until))
}

type slowBody struct {
	io.ReadCloser
	limit *limit
}

func (s *slowBody) Read(b []byte) (int, error) {
	n, err := s.ReadCloser.Read(b[:min(len(b), slowCut)])
	s.limit.pause(n)
	return n, err
}

type slowWriter struct {
	http.ResponseWriter
	limit *limit
}

func (s *slowWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *slowWriter) Write(b []byte) (done int, err error) {
	for len(b) > 0 {
		n, err := s.ResponseWriter.Write(b[:min(len(b), slowCut)])
		done += n
		if err != nil {
			return done, err
		}
		s.limit.pause(n)
		b = b[n:]
	}
	return done, nil
}

func TestSpeedMeasures(t *testing.T) {
	r := newRig(t)
	const perSecond = 1_500_000 // bytes: 12 Mbit/s
	r.slowed(perSecond)
	cfg := r.config(2500 * time.Millisecond)
	o := measure(t.Context(), New(cfg))
	o.want(t, report.Measured, "", "")
	keys := append(idleKeys(), "server.load.ratio", "moved.download.bytes", "moved.upload.bytes", "latency.download.ms", "latency.upload.ms")
	for _, way := range []string{"download", "upload"} {
		for _, name := range []string{"mbps", "low.mbps", "high.mbps", "p10.mbps", "p90.mbps", "connections"} {
			keys = append(keys, way+"."+name)
		}
	}
	o.has(t, keys...)
	for _, key := range []string{"internet.download.mbps", "internet.upload.mbps"} {
		m, _ := o.Metric(key)
		if m.Value < 8 || m.Value > 14 || m.Unit != "Mbit/s" || m.Samples < 20 {
			t.Errorf("%s = %+v, want about 12 Mbit/s from 20 bins or more", key, m)
		}
	}
	if m, _ := o.Metric("internet.upload.mbps"); m.Origin != report.Server {
		t.Errorf("upload speed has the origin %q", m.Origin)
	}
	if m, _ := o.Metric("internet.latency.idle.ms"); m.Value <= 0 || m.Value > 100 || m.Samples < idleEnough {
		t.Errorf("idle latency of loopback = %+v", m)
	}
	if want := []string{"latency", "download", "upload"}; !slices.Equal(o.stages, want) {
		t.Errorf("stages %v, want %v", o.stages, want)
	}
	if o.live < 25 {
		t.Errorf("%d live values in 5 s, want one each 100 ms or so", o.live)
	}
	checkObservation(t, r, o)
}

// checkObservation compares the probe's account with ours.
func checkObservation(t *testing.T, r *rig, o outcome) {
	t.Helper()
	if len(o.obs) != 1 {
		t.Fatalf("%d observations", len(o.obs))
	}
	seen, err := r.open(o.obs[0])
	if err != nil {
		t.Fatal(err)
	}
	theirs := report.Evidence{Metrics: seen.Metrics}
	up, _ := theirs.Metric("internet.upload.mbps")
	if ours, _ := o.Metric("internet.upload.mbps"); ours != up {
		t.Errorf("evidence says %+v, the observation %+v", ours, up)
	}
	for _, dir := range []string{"download", "upload"} {
		key := "internet.moved." + dir + ".bytes"
		mine, _ := o.Metric(key)
		their, _ := theirs.Metric(key)
		// the socket buffers of six connections lie between the two counts
		if mine.Value <= 0 || their.Value <= 0 || mine.Value-their.Value > 40e6 || their.Value-mine.Value > 40e6 {
			t.Errorf("%s: %v by us, %v by the probe", key, mine.Value, their.Value)
		}
	}
	if seen.Facts["busy"] != "0" {
		t.Errorf("busy = %q", seen.Facts["busy"])
	}
}

// On loopback the byte budget ends both directions long before the time.
func TestSpeedByteBudget(t *testing.T) {
	r := newRig(t)
	var read, written atomic.Int64
	r.srv.Config.Handler = counting(r.srv.Config.Handler, &read, &written)
	cfg := r.config(20 * time.Second)
	cfg.MaxBytes = 60_000_000
	c := New(cfg)
	o := measure(t.Context(), c)
	o.want(t, report.Measured, "", "")
	if o.took > 15*time.Second {
		t.Errorf("took %v, want it ended by the budget", o.took)
	}
	limit := c.Spec().MaxBytes
	if total := read.Load() + written.Load(); total > limit || total < limit*3/4 {
		t.Errorf("the server moved %d bytes, want close to and never above %d", total, limit)
	}
	for _, dir := range []string{"download", "upload"} {
		if m, ok := o.Metric("internet." + dir + ".mbps"); !ok || m.Value < 20 {
			t.Errorf("%s of loopback = %v (%v)", dir, m.Value, ok)
		}
	}
}

// counting counts the payload that the server takes and gives.
func counting(h http.Handler, read, written *atomic.Int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		q.Body = &countedBody{q.Body, read}
		h.ServeHTTP(&countedWriter{w, written}, q)
	})
}

type countedBody struct {
	io.ReadCloser
	n *atomic.Int64
}

func (c *countedBody) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	c.n.Add(int64(n))
	return n, err
}

type countedWriter struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c *countedWriter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *countedWriter) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.n.Add(int64(n))
	return n, err
}

// The library puts itself into http.DefaultClient when it is imported, and again
// whenever its own constructor runs.
func TestDefaultClientIsLeftAlone(t *testing.T) {
	if http.DefaultClient.Transport != nil {
		t.Fatalf("http.DefaultClient.Transport is %T after the import", http.DefaultClient.Transport)
	}
	var agent atomic.Value
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) { agent.Store(q.UserAgent()) }))
	defer srv.Close()
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	get := func(when string) {
		t.Helper()
		resp, err := http.Get(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if got := agent.Load().(string); !strings.HasPrefix(got, "Go-http-client") {
			t.Errorf("%s an unrelated request says it is %q", when, got)
		}
	}
	get("before a run")
	r := newRig(t)
	r.slowed(3_000_000)
	ctx, cancel := context.WithCancel(t.Context())
	var other sync.WaitGroup
	other.Go(func() {
		time.Sleep(1500 * time.Millisecond)
		get("during a run") // with -race also proof that nothing writes to the default client
		cancel()
	})
	measure(ctx, New(r.config(3*time.Second)))
	other.Wait()
	get("after a run")
	if http.DefaultClient.Transport != nil {
		t.Errorf("http.DefaultClient.Transport is %T after a run", http.DefaultClient.Transport)
	}
}

func TestUnhook(t *testing.T) {
	c := &http.Client{}
	c.Transport = newLibrary(&http.Client{}, newDriver(t.Context(), nil))
	if !unhook(c) || c.Transport != nil {
		t.Errorf("the library is still in: %T", c.Transport)
	}
	mine := &http.Transport{}
	c.Transport = mine
	if unhook(c) || c.Transport != mine {
		t.Error("a transport that is not the library's was taken out")
	}
}

func TestSpec(t *testing.T) {
	s := New(Config{}).Spec()
	if s.ID != "internet.speed" || s.MaxBytes != 300_000_000 || s.Timeout <= s.Typical || s.Typical <= 0 {
		t.Errorf("%+v", s)
	}
	for _, need := range []checks.Resource{checks.Network, checks.CPU} {
		if !slices.Contains(s.Needs, need) {
			t.Errorf("does not need %s", need)
		}
	}
}

// The probe has an IPv6 address only.
func TestSpeedOverIPv6(t *testing.T) {
	r := newRigAt(t, "::1")
	r.slowed(1_500_000)
	o := measure(t.Context(), New(r.config(700*time.Millisecond)))
	o.want(t, report.Measured, "", "")
	if m, ok := o.Metric("internet.loss.ratio.up"); !ok || m.Samples < 100 {
		t.Errorf("packets over UDP: %+v (%v)", m, ok)
	}
}

// Asked only whether it is fast enough, the check ends as soon as that is known.
func TestSpeedQuick(t *testing.T) {
	r := newRig(t)
	r.slowed(1_500_000) // 12 Mbit/s
	cfg := r.config(0)
	cfg.Quick = &Bounds{Down: []float64{5}, Up: []float64{3, 5}}
	c := New(cfg)
	o := measure(t.Context(), c)
	o.want(t, report.Measured, "", "")
	if o.Facts["form"] != "quick" || o.took > 4*time.Second || c.Spec().Typical > 4*time.Second {
		t.Errorf("form %q, took %v of %v", o.Facts["form"], o.took, c.Spec().Typical)
	}
	for _, key := range []string{"internet.download.mbps", "internet.upload.mbps"} {
		if m, ok := o.Metric(key); !ok || m.Value < 7 {
			t.Errorf("%s = %v (%v), want about 12", key, m.Value, ok)
		}
	}
}
