package webrtc

import (
	"net"
	"testing"
	"time"

	"github.com/pion/stun/v3"

	"linecheck/checks"
	"linecheck/checks/internal/nat"
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
		{"seen as it is", []string{stunServer(t, 0, asIs), stunServer(t, 0, asIs)}, nat.None},
		{"the first request is lost", []string{stunServer(t, 1, asIs)}, nat.None},
		{"seen elsewhere by one server", []string{stunServer(t, 0, behind(7))}, nat.Some},
		{"a port for each server", []string{stunServer(t, 0, behind(7)), stunServer(t, 0, behind(8))}, nat.Dependent},
		{"one server is silent", []string{stunServer(t, 0, behind(7)), swallow(t).LocalAddr().String()}, nat.Some},
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
			if took := time.Since(begin); took > 5*time.Second+time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}
