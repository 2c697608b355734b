package probe

import (
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/pion/stun/v3"
	"go.uber.org/goleak"
)

// newWideProbe is a probe whose media socket is bound to no address.
func newWideProbe(t *testing.T) *Probe {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux answers at all of 127.0.0.0/8, and tells where packets come")
	}
	key := newKey(t)
	before := goleak.IgnoreCurrent()
	p, err := New(Config{Owner: Owner{Key: key}, MediaAddr: ":0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.Close()
		goleak.VerifyNone(t, before)
	})
	return p
}

// ownAddresses are several of this computer; that of IPv6 is left out where it has none.
func ownAddresses(t *testing.T) []string {
	t.Helper()
	all := []string{"127.0.0.1", "127.0.0.2", "127.1.2.3"}
	if c, err := net.ListenPacket("udp6", "[::1]:0"); err == nil {
		_ = c.Close()
		all = append(all, "::1")
	}
	return all
}

// A server of many addresses answers from the one that was asked, at both of its ports.
func TestAnswersFromTheAddressThatWasAsked(t *testing.T) {
	p := newWideProbe(t)
	for _, host := range ownAddresses(t) {
		for _, at := range p.media.addresses(host) {
			conn, err := net.ListenPacket("udp", ":0")
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			to := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(at))
			if _, err := conn.WriteTo(stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw, to); err != nil {
				t.Fatal(err)
			}
			_ = conn.SetReadDeadline(time.Now().Add(2 * time.Second))
			_, from, err := conn.ReadFrom(make([]byte, 500))
			if err != nil || !from.(*net.UDPAddr).IP.Equal(to.IP) || from.(*net.UDPAddr).Port != to.Port {
				t.Errorf("asked at %s it answers from %v (%v)", at, from, err)
			}
		}
	}
}

// Relays are had at every address, also from one port of the applicant's one after the other.
func TestRelaysAtEveryAddress(t *testing.T) {
	p := newWideProbe(t)
	user, password := credentials(p.media.turn.secret, "i", time.Now())
	for _, host := range ownAddresses(t) {
		conn, err := net.Dial("udp", net.JoinHostPort(host, fmt.Sprint(p.media.port())))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		relay, err := client(t, datagrams{conn}, user, password).Allocate()
		if err != nil {
			t.Errorf("at %s: %v", host, err)
			continue
		}
		_ = relay.Close()
	}
}

// ICE tries all addresses of the echo from one port at once: every check is answered from where it was sent to.
func TestChecksOfManyAddressesAtOnce(t *testing.T) {
	p := newWideProbe(t)
	a := newAsker(t, p)
	conn, err := net.ListenPacket("udp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	asked := map[[stun.TransactionIDSize]byte]string{}
	for range 20 {
		for _, host := range ownAddresses(t) {
			check := a.check()
			asked[check.TransactionID] = host
			if _, err := conn.WriteTo(check.Raw, &net.UDPAddr{IP: net.ParseIP(host), Port: p.media.port()}); err != nil {
				t.Fatal(err)
			}
		}
	}
	answered := map[string]int{}
	b := make([]byte, 1500)
	for end := time.Now().Add(3 * time.Second); len(answered) < len(ownAddresses(t)) || time.Now().Before(end.Add(-2500*time.Millisecond)); {
		_ = conn.SetReadDeadline(end)
		n, from, err := conn.ReadFrom(b)
		if err != nil {
			break
		}
		m := &stun.Message{Raw: b[:n]}
		if m.Decode() != nil || m.Type != stun.BindingSuccess {
			continue
		}
		host := asked[m.TransactionID]
		if got := from.(*net.UDPAddr).IP; !got.Equal(net.ParseIP(host)) {
			t.Fatalf("a check of %s is answered from %v", host, got)
		}
		answered[host]++
	}
	for _, host := range ownAddresses(t) {
		if answered[host] == 0 {
			t.Errorf("no check of %s is answered: %v", host, answered)
		}
	}
}

// A call goes to an address that the system would not answer from by itself.
func TestCallAtAnotherAddress(t *testing.T) {
	p := newWideProbe(t)
	p.media.cfg.PublicHost = "127.0.0.2"
	c := newCaller(t)
	c.call(t, p, open(t, p, "k"))
	c.warm(t)
}

// What is remembered of callers is bounded, and forgotten.
func TestHomesAreBounded(t *testing.T) {
	var h homes
	now := time.Now()
	at := [2]netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2")}
	caller := func(i int) netip.AddrPort { return netip.AddrPortFrom(at[0], uint16(i)) }
	for i := range mostHomes + 1000 {
		h.note(caller(i+1), at[0], now)
	}
	if len(h.by) != mostHomes || h.of(caller(mostHomes+1)).IsValid() {
		t.Errorf("%d are remembered", len(h.by))
	}
	if h.note(caller(1), at[1], now) || h.of(caller(1)) != at[0] {
		t.Error("a caller's second address takes the place of the first")
	}
	now = now.Add(homeLife + time.Second)
	if !h.note(caller(2), at[1], now) || h.of(caller(2)) != at[1] {
		t.Error("what is long over still counts")
	}
	h.note(caller(mostHomes+1), at[1], now)
	if len(h.by) != 2 {
		t.Errorf("%d are left of those that are over", len(h.by))
	}
	if h.of(caller(mostHomes+1)) != at[1] {
		t.Error("a new caller is not remembered")
	}
}
