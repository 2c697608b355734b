package webrtc

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/checks/internal/address"
	"linecheck/checks/internal/nat"
	"linecheck/checks/internal/stats"
	"linecheck/report"
	"linecheck/report/exchange"
)

func TestConnect(t *testing.T) {
	f := newFar(t)
	ev, _ := checks.RunOne(t.Context(), NewConnect(f.config(t)), nil)
	if ev.Outcome != report.Measured {
		t.Fatalf("outcome %s, reason %s", ev.Outcome, ev.Reason)
	}
	between(t, ev, "webrtc.connect.direct.ms", 0.1, 5000)
	between(t, ev, "webrtc.connect.direct.ice.ms", 0, 3000)
	between(t, ev, "webrtc.connect.direct.dtls.ms", 0, 3000)
	between(t, ev, "webrtc.connect.direct.signal.ms", 0.1, 3000)
	between(t, ev, "webrtc.stun.ms", 0, 1000)
	for key, want := range map[string]string{"nat": nat.None, "stun": "reachable", "way": "direct", "family": "ipv4", "trouble": noTrouble} {
		if ev.Facts[key] != want {
			t.Errorf("%s is %q, want %q", key, ev.Facts[key], want)
		}
	}
	for _, way := range ways() {
		if ev.Facts[string(way)] != wayOpen {
			t.Errorf("%s: %s", way, ev.Facts[string(way)])
		}
		between(t, ev, "webrtc.connect."+string(way)+".ms", 0.1, 5000)
	}
	for _, m := range ev.Metrics {
		t.Logf("%-36s %10s %s", m.Key, m.Value, m.Unit)
	}
}

func TestConnectToAWildcardSocket(t *testing.T) {
	t.Parallel()
	f := newFarWith(t, func(c *probeConfig) { c.MediaAddr = ":0" }, nil)
	ev, _ := checks.RunOne(t.Context(), NewConnect(f.config(t)), nil)
	if ev.Outcome != report.Measured {
		t.Errorf("outcome %s, reason %s", ev.Outcome, ev.Reason)
	}
}

func TestTwentyConnectsInARow(t *testing.T) {
	if testing.Short() {
		t.Skip("twenty calls take seconds")
	}
	t.Parallel()
	f := newFar(t)
	cfg := f.config(t)
	took := map[Way][]float64{}
	for i := range 20 {
		ev, _ := checks.RunOne(t.Context(), NewConnect(cfg), nil)
		if ev.Outcome != report.Measured {
			t.Fatalf("call %d: outcome %s, reason %s", i, ev.Outcome, ev.Reason)
		}
		for _, way := range ways() {
			took[way] = append(took[way], float64(number(t, ev, "webrtc.connect."+string(way)+".ms").Value))
		}
	}
	// The library's own patience with relays is two seconds.
	for way, all := range took {
		middle := stats.Median(all)
		if middle > 150 {
			t.Errorf("%s takes %.0f ms on a path without delay", way, middle)
		}
		t.Logf("%s: %.0f ms", way, middle)
	}
}

// Every step of a call has a reason of its own. The packets of that step are
// lost, by their first byte (RFC 7983) or the record type in it.
func TestConnectSaysWhereItFails(t *testing.T) {
	dtls := func(b byte) bool { return b >= 20 && b <= 63 }
	tests := []struct {
		code    string
		lost    func(first byte) bool
		within  time.Duration
		reached []string
	}{
		{"webrtc.ice.failed", func(byte) bool { return true }, iceLimit, []string{"signal.ms"}},
		{"webrtc.dtls.blocked", dtls, dtlsLimit, []string{"signal.ms", "ice.ms"}},
		{"webrtc.datachannel.blocked", func(b byte) bool { return b == 23 }, channelLimit, []string{"signal.ms", "ice.ms", "dtls.ms"}},
	}
	for _, tt := range tests {
		t.Run(tt.code, func(t *testing.T) {
			t.Parallel()
			f := newFar(t)
			cfg := f.config(t)
			cfg.drop = func(_ Way, _ bool, packet []byte) bool { return tt.lost(packet[0]) }
			begin := time.Now()
			ev, _ := checks.RunOne(t.Context(), NewConnect(cfg), nil)
			if ev.Outcome != report.Unavailable || ev.Reason != tt.code || ev.Fault != report.FaultNetwork {
				t.Errorf("outcome %s, reason %s, fault %s", ev.Outcome, ev.Reason, ev.Fault)
			}
			if took := time.Since(begin); took > tt.within+4*time.Second {
				t.Errorf("it took %v", took)
			}
			for _, key := range tt.reached {
				number(t, ev, "webrtc.connect.direct."+key)
			}
			if _, ok := ev.Metric("webrtc.connect.direct.ms"); ok {
				t.Error("a connection that did not come about has a time")
			}
		})
	}
}

// answering is a server that gives these answers to requests of a path, and its own to others.
func answering(path string, status int, body func(own string) string) func(http.Handler) http.Handler {
	return func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, path) {
				h.ServeHTTP(w, r)
				return
			}
			kept := httptest.NewRecorder()
			h.ServeHTTP(kept, r)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body(kept.Body.String()))
		})
	}
}

// The far end is there, its UDP port swallows everything: a firewall that drops UDP.
func TestConnectIntoABlackHole(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a watchdog, 4 s")
	}
	t.Parallel()
	hole := swallow(t).LocalAddr().String()
	f := newFarWith(t, func(*probeConfig) {}, answering("/ice", 200, func(own string) string {
		own = regexp.MustCompile(`stun:127\.0\.0\.1:\d+`).ReplaceAllString(own, "stun:"+hole)
		return regexp.MustCompile(`turn:127\.0\.0\.1:\d+\?transport=udp`).ReplaceAllString(own, "turn:"+hole+"?transport=udp")
	}))
	begin := time.Now()
	ev, _ := checks.RunOne(t.Context(), NewConnect(f.config(t)), nil)
	if ev.Outcome != report.Measured || ev.Facts["trouble"] != codeUDPDropped || ev.Facts["way"] != string(DirectTCP) {
		t.Errorf("outcome %s, reason %s, facts %v", ev.Outcome, ev.Reason, ev.Facts)
	}
	if _, ok := ev.Facts["nat"]; ok {
		t.Errorf("nobody answered, and yet nat is known: %v", ev.Facts)
	}
	if took := time.Since(begin); took > 6*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestConnectWithAServerThatRefuses(t *testing.T) {
	says := func(body string) func(string) string { return func(string) string { return body } }
	tests := []struct {
		name   string
		twist  func(http.Handler) http.Handler
		reason string
		fault  report.Fault
	}{
		{"full", answering("/echo", 503, says(`{"code":"echo.full","message":"too many calls at once"}`)), "webrtc.server.refused", report.FaultServer},
		{"has no session", answering("/ice", 404, says(`{"code":"session.unknown","message":"over"}`)), "webrtc.server.refused", report.FaultServer},
		{"a portal answers", answering("/ice", 200, says("<html>")), "webrtc.answer.foreign", report.FaultNetwork},
		{"an answer that is none", answering("/echo", 201, says(`{"sdp":"v=0"}`)), "webrtc.answer.bad", report.FaultServer},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFarWith(t, func(*probeConfig) {}, tt.twist)
			ev, _ := checks.RunOne(t.Context(), NewConnect(f.config(t)), nil)
			if ev.Outcome != report.Unavailable || ev.Reason != tt.reason || ev.Fault != tt.fault {
				t.Errorf("outcome %s, reason %s, fault %s", ev.Outcome, ev.Reason, ev.Fault)
			}
		})
	}
}

func TestConnectWithAServerThatIsAway(t *testing.T) {
	f := newFar(t)
	cfg := f.config(t)
	f.die()
	ev, _ := checks.RunOne(t.Context(), NewConnect(cfg), nil)
	if ev.Reason != "webrtc.server.away" || ev.Fault != report.FaultServer {
		t.Errorf("reason %s, fault %s", ev.Reason, ev.Fault)
	}
	cfg.Far = func(context.Context) (*exchange.Session, error) {
		return nil, checks.Unavailable("session.refused", report.FaultServer, errAway)
	}
	ev, _ = checks.RunOne(t.Context(), NewConnect(cfg), nil)
	if ev.Reason != "session.refused" {
		t.Errorf("the session's own reason became %s", ev.Reason)
	}
}

func TestConnectStopsWhenTold(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	cfg := f.config(t)
	cfg.drop = func(Way, bool, []byte) bool { return true }
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	begin := time.Now()
	ev, _ := checks.RunOne(ctx, NewConnect(cfg), nil)
	if ev.Outcome != report.Canceled || time.Since(begin) > 2*time.Second {
		t.Errorf("outcome %s after %v", ev.Outcome, time.Since(begin))
	}
}

// What goes to the server names no address of this computer.
func TestOfferHoldsNoAddress(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	cfg := f.config(t)
	session, err := cfg.Far(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, err := newCall(t.Context(), cfg, session, Direct, nil, wayLimit)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	offer, err := c.offer(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, ip := range address.Own() {
		if strings.Contains(offer, ip.String()) && ip.String() != "127.0.0.1" {
			t.Errorf("the offer names %v:\n%s", ip, offer)
		}
	}
	if strings.Contains(offer, "candidate:") {
		t.Errorf("the offer has candidates:\n%s", offer)
	}
}

// A call goes from the addresses that lead to the far end, and from no other adapter:
// those of virtual machines or of another network are not tried.
func TestACallLeavesOtherAdaptersOut(t *testing.T) {
	t.Parallel()
	if len(address.Own()) < 3 { // of 127.0.0.1 and ::1 it would prove nothing
		t.Skip("this computer has no other adapter")
	}
	own := []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	pc, err := newPeer(own, nil, func(bool, []byte) bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	c := &call{pc: pc, lost: newSignal()}
	defer c.close()
	if _, err := pc.CreateDataChannel("x", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := c.offer(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	seen := candidatesOf(pc.LocalDescription().SDP)
	for _, at := range seen {
		if at.Addr() != own[0] {
			t.Errorf("it calls from %v too", at)
		}
	}
	if len(seen) == 0 {
		t.Error("it calls from nowhere")
	}
}

func TestRouted(t *testing.T) {
	_, own, err := routed(t.Context(), "127.0.0.1")
	if err != nil || len(own) != 1 || own[0].String() != "127.0.0.1" {
		t.Errorf("to itself it goes from %v, %v", own, err)
	}
	if _, _, err := routed(t.Context(), "nowhere.invalid"); Direct.code(err) != codeDNS {
		t.Errorf("a name that nobody has: %v", err)
	}
}
