package probe

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/pion/stun/v3"

	"linecheck/checks/internal/media"
	"linecheck/report/exchange"
	"linecheck/report/strict"
)

// crashing is a Send indication with DATA and, as its last bytes, an empty XOR-PEER-ADDRESS: a relay
// that has its data reads the address next, and decoders read past the end (GO-2026-6163).
func crashing() []byte {
	const data = 20
	b := make([]byte, 20+4+data+4)
	binary.BigEndian.PutUint16(b, 0x0016)
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)-20))
	binary.BigEndian.PutUint32(b[4:], 0x2112a442)
	binary.BigEndian.PutUint16(b[20:], 0x0013)
	binary.BigEndian.PutUint16(b[22:], data)
	binary.BigEndian.PutUint16(b[24+data:], 0x0012)
	return b
}

// The one packet that ends a program whose STUN library is older, on every transport and with a live relay.
func TestRelaySurvivesTheCrashingPacket(t *testing.T) {
	for _, transport := range transports() {
		t.Run(transport, func(t *testing.T) {
			p, door := doored(t)
			user, password := credentials(p.media.turn.secret, "i", time.Now())
			conn, packets := reach(t, p, transport, door)
			relay, err := client(t, packets, user, password).Allocate()
			if err != nil {
				t.Fatal(err)
			}
			defer relay.Close()
			for range 20 {
				if _, err := conn.Write(crashing()); err != nil {
					t.Fatal(err)
				}
			}
			// The same relay still carries: what it leads to answers through it.
			a := newAsker(t, p)
			for range 50 {
				if _, err := relay.WriteTo(a.check().Raw, a.echo); err != nil {
					t.Fatal(err)
				}
				if a.answered(relay) {
					return
				}
			}
			t.Error("the relay carries nothing any more")
		})
	}
}

// Messages whose length with their header does not fit 16 bits, or is longer than any honest one, end their connection
// at once: the library would read nothing for ever.
func TestRelayEndsWhatIsTooLong(t *testing.T) {
	cookie := []byte{0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	for name, packet := range map[string][]byte{
		"STUN": append([]byte{0, 1, 0xff, 0xec}, cookie...), "a channel's": {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x40, 0, 0xff, 0xfc},
		"long": append([]byte{0, 1, 0xea, 0x60}, cookie...),
	} {
		for _, transport := range []string{"tcp", "tls"} {
			t.Run(name+"/"+transport, func(t *testing.T) {
				p, door := doored(t)
				conn, _ := reach(t, p, transport, door)
				if _, err := conn.Write(packet); err != nil {
					t.Fatal(err)
				}
				_ = conn.SetReadDeadline(time.Now().Add(3 * time.Second))
				if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
					t.Error("the connection stays open")
				}
			})
		}
	}
}

// asker makes ICE checks for a call that the echo has taken.
type asker struct {
	echo *net.UDPAddr
	name stun.Username
	sign stun.MessageIntegrity
	last [stun.TransactionIDSize]byte
}

func newAsker(t *testing.T, p *Probe) *asker {
	t.Helper()
	offer, _ := offerFor(t)
	w := post(t, p, open(t, p, t.Name()), asJSON(t, offer))
	var made exchange.Echo
	if err := strict.Decode(w.Body.Bytes(), maxOffer, &made); err != nil || w.Code != http.StatusCreated {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	attribute := func(sdp, name string) string {
		return regexp.MustCompile(`a=` + name + `:(\S+)`).FindStringSubmatch(sdp)[1]
	}
	return &asker{
		echo: &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: p.media.port()},
		name: stun.NewUsername(attribute(made.SDP, "ice-ufrag") + ":" + attribute(offer, "ice-ufrag")),
		sign: stun.NewShortTermIntegrity(attribute(made.SDP, "ice-pwd")),
	}
}

// check is the next ICE check.
func (a *asker) check() *stun.Message {
	m := stun.MustBuild(stun.TransactionID, stun.BindingRequest, a.name,
		stun.RawAttribute{Type: stun.AttrPriority, Value: []byte{1, 2, 3, 4}},
		stun.RawAttribute{Type: stun.AttrICEControlling, Value: make([]byte, 8)}, a.sign, stun.Fingerprint)
	a.last = m.TransactionID
	return m
}

// answered waits a moment for the answer to the latest check.
func (a *asker) answered(from net.PacketConn) bool {
	b := make([]byte, 1500)
	for _ = from.SetReadDeadline(time.Now().Add(200 * time.Millisecond)); ; {
		n, _, err := from.ReadFrom(b)
		if err != nil {
			return false
		}
		m := &stun.Message{Raw: b[:n]}
		if m.Decode() == nil && m.Type == stun.BindingSuccess && m.TransactionID == a.last {
			return true
		}
	}
}

// nastyPackets are malformed STUN of every kind that a call may see.
func nastyPackets() [][]byte {
	all := [][]byte{crashing()}
	for _, kind := range []uint16{0x0001, 0x0011, 0x0101, 0x0111, 0x0016, 0x0017} {
		for _, attr := range []uint16{0x0001, 0x0006, 0x0008, 0x0009, 0x0012, 0x0016, 0x0020, 0x8020, 0x0024, 0x8028, 0x802a} {
			for _, length := range []int{0, 1, 3, 5, 764} {
				if packet := hostile(kind, attr, length); !media.Sound(packet) {
					all = append(all, packet)
				}
			}
		}
	}
	return all
}

// framedPackets makes a packet socket of a call over TCP.
type framedPackets struct{ *media.Framed }

func (f framedPackets) ReadFrom(b []byte) (int, net.Addr, error) {
	n, err := f.ReadPacket(b)
	return n, f.RemoteAddr(), err
}

func (f framedPackets) WriteTo(b []byte, _ net.Addr) (int, error) { return len(b), f.WritePacket(b) }

// A caller that the echo knows sends malformed STUN, over TCP and through a relay: none of it
// reaches the library, and the call goes on.
func TestJoinedCallsSurviveHostilePackets(t *testing.T) {
	for _, by := range []string{"tcp", "relay"} {
		t.Run(by, func(t *testing.T) {
			p, door := doored(t)
			var conn net.PacketConn
			if by == "tcp" {
				c, err := net.Dial("tcp", door)
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				conn = framedPackets{media.NewFramed(c)}
			} else {
				user, password := credentials(p.media.turn.secret, "i", time.Now())
				_, packets := reach(t, p, "udp", door)
				relay, err := client(t, packets, user, password).Allocate()
				if err != nil {
					t.Fatal(err)
				}
				defer relay.Close()
				conn = relay
			}
			a := newAsker(t, p)
			carries := func() bool {
				for range 20 {
					if _, err := conn.WriteTo(a.check().Raw, a.echo); err != nil {
						t.Fatal(err)
					}
					if a.answered(conn) {
						return true
					}
				}
				return false
			}
			if !carries() {
				t.Fatal("no check is answered")
			}
			for _, packet := range nastyPackets() {
				if _, err := conn.WriteTo(packet, a.echo); err != nil {
					t.Fatal(err)
				}
			}
			if !carries() {
				t.Error("the call is over")
			}
		})
	}
}

// What a joined caller sends is looked at before the library sees it.
func TestOnlySoundPacketsAreHandedOver(t *testing.T) {
	p := newTestProbe(t)
	quiet := newPipe(nil, nil, nil)
	defer quiet.Close()
	s := &socket{udp: p.media.sock.udp, sides: map[netip.AddrPort]func([]byte){}, echo: quiet}
	from, leave := s.join(func([]byte) {})
	defer leave()
	for _, packet := range nastyPackets() {
		s.hand(packet, from)
	}
	if n := len(quiet.in); n != 0 {
		t.Errorf("%d of %d malformed packets are handed over", n, len(nastyPackets()))
	}
	s.hand([]byte{0x80, 111, 0, 1}, from)
	if len(quiet.in) != 1 {
		t.Error("media is not handed over")
	}
}
