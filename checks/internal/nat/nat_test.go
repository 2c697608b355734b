package nat

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/pion/stun/v3"
)

// silent is a socket that answers nothing.
func silent(t *testing.T) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func TestAskStopsWhenTold(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begin := time.Now()
	if s := Ask(ctx, []string{silent(t).LocalAddr().String()}); s.Err == nil || time.Since(begin) > time.Second {
		t.Errorf("%+v after %v", s, time.Since(begin))
	}
}

// talking is a STUN server at the end of a line of that round trip.
func talking(t *testing.T, trip time.Duration) *net.UDPConn {
	t.Helper()
	conn := silent(t)
	go func() {
		for {
			b := make([]byte, 1500)
			n, from, err := conn.ReadFromUDP(b)
			if err != nil {
				return
			}
			m := &stun.Message{Raw: b[:n]}
			if m.Decode() == nil {
				answer := stun.MustBuild(stun.NewTransactionIDSetter(m.TransactionID), stun.BindingSuccess, &stun.XORMappedAddress{IP: from.IP, Port: from.Port})
				time.AfterFunc(trip, func() { _, _ = conn.WriteToUDP(answer.Raw, from) })
			}
		}
	}()
	return conn
}

// On a long line the answer to the first request comes after the last was sent, and counts from when its own was sent.
func TestAskOverALongLine(t *testing.T) {
	const trip = 1400 * time.Millisecond
	s := Ask(t.Context(), []string{talking(t, trip).LocalAddr().String()})
	if s.Err != nil || len(s.Mappings) != 1 || s.Mappings[0].Took < trip || s.Mappings[0].Took > trip+200*time.Millisecond {
		t.Errorf("%+v", s)
	}
}

// A server whose second port is shut is not waited for as one whose every port is.
func TestAskWaitsNoLongerForOthers(t *testing.T) {
	talks := talking(t, 0)
	begin := time.Now()
	s := Ask(t.Context(), []string{talks.LocalAddr().String(), silent(t).LocalAddr().String()})
	if took := time.Since(begin); s.Err != nil || len(s.Mappings) != 1 || took < others || took > others+700*time.Millisecond {
		t.Errorf("%+v after %v", s, took)
	}
}

func TestKind(t *testing.T) {
	addr := netip.MustParseAddrPort
	own := []netip.Addr{netip.MustParseAddr("192.168.1.2")}
	a, b := addr("192.0.2.1:3478"), addr("192.0.2.2:3478")
	outside, other, here := addr("198.51.100.9:5000"), addr("198.51.100.9:5001"), addr("192.168.1.2:4000")
	tests := []struct {
		name     string
		mappings []Mapping
		want     string
	}{
		{"no answer", nil, ""},
		{"none", []Mapping{{Server: a, Mapped: here}, {Server: b, Mapped: here}}, None},
		{"own address, another port", []Mapping{{Server: a, Mapped: addr("192.168.1.2:9")}}, Some},
		{"one server", []Mapping{{Server: a, Mapped: outside}}, Some},
		{"two servers agree", []Mapping{{Server: a, Mapped: outside}, {Server: b, Mapped: outside}}, Independent},
		{"two ports of one server agree", []Mapping{{Server: a, Mapped: outside}, {Server: addr("192.0.2.1:9"), Mapped: outside}}, Some},
		{"two servers differ", []Mapping{{Server: a, Mapped: outside}, {Server: b, Mapped: other}}, Dependent},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := Survey{Local: addr("0.0.0.0:4000"), Mappings: tt.mappings}
			if got := s.Kind(own); got != tt.want {
				t.Errorf("nat = %q, want %q", got, tt.want)
			}
		})
	}
}

// A malformed answer, of the kind that ends programs, is no answer.
func TestMalformedAnswersAreNotRead(t *testing.T) {
	server := netip.MustParseAddrPort("192.0.2.1:3478")
	for _, length := range []int{0, 1, 3, 8} {
		id := [stun.TransactionIDSize]byte{1}
		q := &questions{asked: []*question{{server: server, sent: map[[stun.TransactionIDSize]byte]time.Time{id: time.Now()}}}}
		m := stun.MustBuild(stun.NewTransactionIDSetter(id), stun.BindingSuccess,
			stun.RawAttribute{Type: stun.AttrXORMappedAddress, Value: make([]byte, length)})
		q.take(m.Raw, server)
		if q.enough() {
			t.Errorf("an address of %d zero bytes was taken as %+v", length, q.mappings)
		}
	}
}

// Of two families the one is told that says something: an answer before silence, and
// silence before a family in which nothing could even be sent.
func TestBetterOfTwoFamilies(t *testing.T) {
	answered := Survey{Mappings: []Mapping{{}}}
	silence := Survey{Err: fmt.Errorf("no answer: %w", os.ErrDeadlineExceeded)}
	noRoute := Survey{Err: &net.OpError{Op: "write", Err: os.NewSyscallError("sendto", syscall.ENETUNREACH)}}
	for _, tt := range []struct {
		name                string
		first, second, want Survey
	}{
		{"the first answers", answered, silence, answered},
		{"the second answers", silence, answered, answered},
		{"no way by the first, silence by the second", noRoute, silence, silence},
		{"silence by the first, no way by the second", silence, noRoute, silence},
		{"no way by either", noRoute, noRoute, noRoute},
		{"only the first was asked", silence, Survey{}, silence},
		{"only the second was asked", Survey{}, silence, silence},
	} {
		if got := better(tt.first, tt.second); len(got.Mappings) != len(tt.want.Mappings) || got.Err != tt.want.Err {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}
