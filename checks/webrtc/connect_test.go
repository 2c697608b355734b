package webrtc

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"linecheck/checks"
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
	if ev.Facts["nat"] != natNone || ev.Facts["stun"] != "reachable" {
		t.Errorf("facts %v", ev.Facts)
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
	for i := range 20 {
		ev, _ := checks.RunOne(t.Context(), NewConnect(cfg), nil)
		if ev.Outcome != report.Measured {
			t.Fatalf("call %d: outcome %s, reason %s", i, ev.Outcome, ev.Reason)
		}
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
			cfg.drop = func(_ bool, packet []byte) bool { return tt.lost(packet[0]) }
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

// The far end is there, its media port swallows everything: a firewall that drops UDP.
func TestConnectIntoABlackHole(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for two watchdogs, 8 s")
	}
	t.Parallel()
	hole := swallow(t)
	port := hole.LocalAddr().(*net.UDPAddr).Port
	f := newFarWith(t, func(*probeConfig) {}, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			kept := httptest.NewRecorder()
			h.ServeHTTP(kept, r)
			moved := regexp.MustCompile(`127\.0\.0\.1 \d+ typ host`)
			w.WriteHeader(kept.Code)
			_, _ = io.WriteString(w, moved.ReplaceAllString(kept.Body.String(), fmt.Sprintf("127.0.0.1 %d typ host", port)))
		})
	})
	cfg := f.config(t)
	session, err := cfg.Far(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	session.Grant.STUN = []string{hole.LocalAddr().String()}
	cfg.Far = func(context.Context) (*exchange.Session, error) { return session, nil }
	ev, _ := checks.RunOne(t.Context(), NewConnect(cfg), nil)
	if ev.Reason != "webrtc.ice.failed" {
		t.Errorf("outcome %s, reason %s", ev.Outcome, ev.Reason)
	}
	if _, ok := ev.Facts["nat"]; ok {
		t.Errorf("nobody answered, and yet nat is known: %v", ev.Facts)
	}
}

func TestConnectWithAServerThatRefuses(t *testing.T) {
	answering := func(status int, body string) func(http.Handler) http.Handler {
		return func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			})
		}
	}
	tests := []struct {
		name   string
		twist  func(http.Handler) http.Handler
		reason string
		fault  report.Fault
	}{
		{"full", answering(503, `{"code":"echo.full","message":"too many calls at once"}`), "webrtc.server.refused", report.FaultServer},
		{"a portal answers", answering(200, "<html>"), "webrtc.answer.foreign", report.FaultNetwork},
		{"an answer that is none", answering(201, `{"sdp":"v=0"}`), "webrtc.answer.bad", report.FaultServer},
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
	cfg.drop = func(bool, []byte) bool { return true }
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
	for _, onLoopback := range []bool{true, false} {
		c, err := newCall(Config{}, onLoopback)
		if err != nil {
			t.Fatal(err)
		}
		offer, err := c.offer(t.Context())
		c.close()
		if err != nil {
			t.Logf("no offer on this machine (loopback %v): %v", onLoopback, err)
			continue
		}
		for _, ip := range ownAddresses() {
			if strings.Contains(offer, ip.String()) && ip.String() != "127.0.0.1" {
				t.Errorf("the offer names %v:\n%s", ip, offer)
			}
		}
		if strings.Contains(offer, "candidate:") {
			t.Errorf("the offer has candidates:\n%s", offer)
		}
	}
}

func TestUsableAddresses(t *testing.T) {
	tests := []struct {
		ip         string
		onLoopback bool
		want       bool
	}{
		{"192.168.1.2", false, true},
		{"2001:db8::1", false, true},
		{"169.254.7.7", false, false},
		{"fe80::1", false, false},
		{"127.0.0.1", false, false},
		{"127.0.0.1", true, true},
		{"::1", true, true},
		{"192.168.1.2", true, false},
	}
	for _, tt := range tests {
		if got := usable(net.ParseIP(tt.ip), tt.onLoopback); got != tt.want {
			t.Errorf("usable(%s, %v) = %v", tt.ip, tt.onLoopback, got)
		}
	}
}
