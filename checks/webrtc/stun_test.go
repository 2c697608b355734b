package webrtc

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v3"

	"linecheck/checks"
	"linecheck/report"
)

// stunServer answers on this computer, as if it saw packets come from where
// see says; it keeps quiet on the first silent requests.
func stunServer(t *testing.T, silent int, see func(*net.UDPAddr) *net.UDPAddr) string {
	t.Helper()
	conn := swallow(t)
	go func() {
		b := make([]byte, 1500)
		for n := 0; ; n++ {
			size, from, err := conn.ReadFromUDP(b)
			if err != nil {
				return
			}
			m := &stun.Message{Raw: append([]byte(nil), b[:size]...)}
			if n < silent || m.Decode() != nil {
				continue
			}
			seen := see(from)
			wrong := stun.MustBuild(stun.TransactionID, stun.BindingSuccess, &stun.XORMappedAddress{IP: net.IPv4(6, 6, 6, 6), Port: 6})
			_, _ = conn.WriteToUDP(wrong.Raw, from) // an answer to nothing that was asked
			right := stun.MustBuild(stun.NewTransactionIDSetter(m.TransactionID), stun.BindingSuccess, &stun.XORMappedAddress{IP: seen.IP, Port: seen.Port})
			_, _ = conn.WriteToUDP(right.Raw, from)
		}
	}()
	return conn.LocalAddr().String()
}

func asIs(a *net.UDPAddr) *net.UDPAddr { return a }

func behind(port int) func(*net.UDPAddr) *net.UDPAddr {
	return func(*net.UDPAddr) *net.UDPAddr { return &net.UDPAddr{IP: net.IPv4(198, 51, 100, 9), Port: port} }
}

func TestConnectWithoutInvite(t *testing.T) {
	tests := []struct {
		name    string
		servers []string
		nat     string
	}{
		{"seen as it is", []string{stunServer(t, 0, asIs), stunServer(t, 0, asIs)}, natNone},
		{"the first request is lost", []string{stunServer(t, 1, asIs)}, natNone},
		{"seen elsewhere by one server", []string{stunServer(t, 0, behind(7))}, natSome},
		{"a port for each server", []string{stunServer(t, 0, behind(7)), stunServer(t, 0, behind(8))}, natDependent},
		{"one server is silent", []string{stunServer(t, 0, behind(7)), swallow(t).LocalAddr().String()}, natSome},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ev, _ := checks.RunOne(t.Context(), NewConnect(Config{STUN: tt.servers}), nil)
			if ev.Outcome != report.Measured || ev.Facts["nat"] != tt.nat || ev.Facts["stun"] != "reachable" {
				t.Errorf("outcome %s, reason %s, facts %v", ev.Outcome, ev.Reason, ev.Facts)
			}
			between(t, ev, "webrtc.stun.ms", 0, 250)
		})
	}
}

func TestConnectWithoutInviteAndWithoutAnswer(t *testing.T) {
	tests := []struct {
		name    string
		servers []string
		reason  string
	}{
		{"UDP is swallowed", []string{swallow(t).LocalAddr().String()}, "webrtc.stun.timeout"},
		{"no such name", []string{"stun.invalid:3478"}, "webrtc.stun.dns"},
		{"one has no name and one is silent", []string{"stun.invalid:3478", swallow(t).LocalAddr().String()}, "webrtc.stun.timeout"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			ev, _ := checks.RunOne(t.Context(), NewConnect(Config{STUN: tt.servers}), nil)
			if ev.Outcome != report.Unavailable || ev.Reason != tt.reason || ev.Fault != report.FaultNetwork {
				t.Errorf("outcome %s, reason %s, fault %s", ev.Outcome, ev.Reason, ev.Fault)
			}
			if len(ev.Facts) != 0 || len(ev.Metrics) != 0 {
				t.Errorf("nobody answered, and yet %v %v", ev.Facts, ev.Metrics)
			}
			if took := time.Since(begin); took > stunPatience+resolveLimit+time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestAskSTUNStopsWhenTold(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begin := time.Now()
	if s := askSTUN(ctx, []string{swallow(t).LocalAddr().String()}); s.err == nil || time.Since(begin) > time.Second {
		t.Errorf("%+v after %v", s, time.Since(begin))
	}
}

func TestNAT(t *testing.T) {
	addr := netip.MustParseAddrPort
	own := []netip.Addr{netip.MustParseAddr("192.168.1.2")}
	a, b := addr("192.0.2.1:3478"), addr("192.0.2.2:3478")
	outside, other, here := addr("198.51.100.9:5000"), addr("198.51.100.9:5001"), addr("192.168.1.2:4000")
	tests := []struct {
		name     string
		mappings []mapping
		want     string
	}{
		{"no answer", nil, ""},
		{"none", []mapping{{server: a, mapped: here}, {server: b, mapped: here}}, natNone},
		{"own address, another port", []mapping{{server: a, mapped: addr("192.168.1.2:9")}}, natSome},
		{"one server", []mapping{{server: a, mapped: outside}}, natSome},
		{"two servers agree", []mapping{{server: a, mapped: outside}, {server: b, mapped: outside}}, natIndependent},
		{"two ports of one server agree", []mapping{{server: a, mapped: outside}, {server: addr("192.0.2.1:9"), mapped: outside}}, natSome},
		{"two servers differ", []mapping{{server: a, mapped: outside}, {server: b, mapped: other}}, natDependent},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := survey{local: addr("0.0.0.0:4000"), mappings: tt.mappings}
			if got := s.nat(own); got != tt.want {
				t.Errorf("nat = %q, want %q", got, tt.want)
			}
		})
	}
}

// A malformed answer, of the kind that ends programs, is no answer.
func TestMalformedAnswersAreNotRead(t *testing.T) {
	server := netip.MustParseAddrPort("192.0.2.1:3478")
	for _, length := range []int{0, 1, 3, 8} {
		q := &questions{asked: []*question{{server: server}}}
		m := stun.MustBuild(stun.NewTransactionIDSetter(q.asked[0].id), stun.BindingSuccess,
			stun.RawAttribute{Type: stun.AttrXORMappedAddress, Value: make([]byte, length)})
		q.take(m.Raw, server)
		if q.answered() {
			t.Errorf("an address of %d zero bytes was taken as %+v", length, q.mappings)
		}
	}
}
