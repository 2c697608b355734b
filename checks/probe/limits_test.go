package probe

import (
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/pion/stun/v3"

	"linecheck/checks/internal/media"
)

// One address has so many relays under all its invites together; another address still
// gets one. What is given back counts no more.
func TestRelaysOfOneAddressAreLimited(t *testing.T) {
	p, _ := doored(t)
	var relays []net.PacketConn
	take := func(invite int, from string) error {
		to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: p.media.port()}
		conn, err := net.DialUDP("udp", &net.UDPAddr{IP: net.ParseIP(from)}, to)
		if err != nil {
			t.Skipf("%s cannot be had here: %v", from, err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		user, password := credentials(p.media.turn.secret, fmt.Sprint(invite), time.Now())
		relay, err := client(t, datagrams{conn}, user, password).Allocate()
		if err == nil {
			relays = append(relays, relay)
			t.Cleanup(func() { _ = relay.Close() })
		}
		return err
	}
	for i := range relaysPerAddress {
		if err := take(i/(relaysPerInvite/2), "127.0.0.1"); err != nil {
			t.Fatalf("relay %d: %v", i, err)
		}
	}
	const another = relaysPerAddress
	if err := take(another, "127.0.0.1"); codeOf(err) != stun.CodeAllocQuotaReached {
		t.Errorf("one too many: %v", err)
	}
	if err := take(another, "127.0.0.2"); err != nil {
		t.Errorf("from another address: %v", err)
	}
	_ = relays[0].Close()
	for range 100 {
		if take(another, "127.0.0.1") == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("a relay that was given back still counts")
}

// One address has so many calls over TCP; another address still gets through, and what is over counts no more.
func TestCallsOfOneAddressAreLimited(t *testing.T) {
	_, door := doored(t)
	request := stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername("a:b")).Raw
	call := func(from string) net.Conn {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		c, err := d.Dial("tcp", door)
		if err != nil {
			t.Skipf("%s cannot be had here: %v", from, err)
		}
		t.Cleanup(func() { _ = c.Close() })
		if err := media.NewFramed(c).WritePacket(request); err != nil {
			t.Fatal(err)
		}
		return c
	}
	// taken says whether the server keeps a connection: it has nothing to say to one that it keeps.
	taken := func(c net.Conn, wait time.Duration) bool {
		_ = c.SetReadDeadline(time.Now().Add(wait))
		_, err := io.ReadFull(c, make([]byte, 1))
		return os.IsTimeout(err)
	}
	var all []net.Conn
	for range callsPerAddress {
		all = append(all, call("127.0.0.1"))
	}
	for i, c := range all {
		if !taken(c, 5*time.Millisecond) {
			t.Fatalf("call %d is not taken", i)
		}
	}
	if taken(call("127.0.0.1"), 2*time.Second) {
		t.Error("one too many is taken")
	}
	if !taken(call("127.0.0.2"), 200*time.Millisecond) {
		t.Error("another address is not taken")
	}
	_ = all[0].Close()
	for range 50 {
		if taken(call("127.0.0.1"), 100*time.Millisecond) {
			return
		}
	}
	t.Error("a call that is over still counts")
}
