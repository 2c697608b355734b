package probe

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"linecheck/checks/internal/media"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/strict"
)

// ask sends a request without a body to a path of a session.
func ask(t *testing.T, p *Probe, token, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	p.Handler().ServeHTTP(w, httptest.NewRequest(method, exchange.SessionPath+"/"+token+path, nil))
	return w
}

// A call that fills its line takes one of the places of speed tests, and gives it back.
func TestALoadTakesAPlace(t *testing.T) {
	p := newTestProbe(t)
	p.queue.places = 1
	first, second, third := open(t, p, "k1"), open(t, p, "k2"), open(t, p, "k3")
	want := func(token, method, path string, status int) {
		t.Helper()
		if w := ask(t, p, token, method, path); w.Code != status {
			t.Errorf("%s %s: %d %s, want %d", method, path, w.Code, w.Body, status)
		}
	}
	want(first, "POST", "/load", http.StatusNoContent)
	want(second, "POST", "/load", http.StatusServiceUnavailable)
	want(third, "POST", "/observations/internet.speed", http.StatusServiceUnavailable)
	want(second, "DELETE", "/load", http.StatusNoContent) // it waits no longer, and holds up nobody
	want(first, "DELETE", "/load", http.StatusNoContent)
	want(third, "POST", "/observations/internet.speed", http.StatusNoContent)
	want(first, "POST", "/load", http.StatusServiceUnavailable)
	want(third, "GET", "/observations/internet.speed", http.StatusOK)
	want(first, "POST", "/load", http.StatusNoContent)
	if running, _ := p.Tests(); running != 1 {
		t.Errorf("%d have a place", running)
	}
}

// What the applicant's program says it sent is in the sealed numbers.
func TestTheSealCountsLossesAtTheEnd(t *testing.T) {
	p := newTestProbe(t)
	token := open(t, p, "k")
	s, _ := p.find(token)
	for seq := range uint32(6) {
		s.account(media.Check).streams.receive(1, media.Up{Stream: media.Speech, Seq: seq, Sent: time.Duration(seq)}, 0)
	}
	w := ask(t, p, token, "GET", "/observations/webrtc.media?webrtc.sent=10")
	var sealed envelope.Envelope
	if err := strict.Decode(w.Body.Bytes(), 1<<20, &sealed); err != nil {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	o, err := envelope.Open[report.Observation](sealed, p.cfg.Key.Public(), report.ObservationType)
	if err != nil {
		t.Fatal(err)
	}
	found := report.Metric{}
	for _, m := range o.Value().Metrics {
		if m.Key == "webrtc.loss.ratio.up" {
			found = m
		}
	}
	if found.Value != 0.4 || found.Samples != 10 {
		t.Errorf("loss %+v", found)
	}
}
