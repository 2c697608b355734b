package probe

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v3"
	"github.com/pion/turn/v4"

	"linecheck/checks/internal/media"
	"linecheck/report/exchange"
)

// transports are the ways to the probe's TURN server.
func transports() []string { return []string{"udp", "tcp", "tls"} }

// doored is a probe that listens for TCP too, and where.
func doored(t *testing.T) (*Probe, string) {
	t.Helper()
	p := newTestProbe(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	srv := &http.Server{Handler: p.Handler(), ConnContext: ConnContext, ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	door := p.Listen(ln, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"}})
	go func() { defer close(done); _ = srv.Serve(door) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	return p, ln.Addr().String()
}

// reach opens a connection to the TURN server.
func reach(t *testing.T, p *Probe, transport, door string) (net.Conn, net.PacketConn) {
	t.Helper()
	var c net.Conn
	var err error
	switch transport {
	case "udp":
		c, err = net.Dial("udp", p.media.addresses("127.0.0.1")[0])
	case "tcp":
		c, err = net.Dial("tcp", door)
	case "tls":
		c, err = tls.Dial("tcp", door, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{turnProtocol}})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if transport == "udp" {
		return c, datagrams{c}
	}
	return c, turn.NewSTUNConn(c)
}

// datagrams makes a packet socket of a connected one.
type datagrams struct{ net.Conn }

func (d datagrams) ReadFrom(b []byte) (int, net.Addr, error) {
	n, err := d.Read(b)
	return n, d.RemoteAddr(), err
}
func (d datagrams) WriteTo(b []byte, _ net.Addr) (int, error) { return d.Write(b) }

// client is a TURN client with these credentials.
func client(t *testing.T, packets net.PacketConn, user, password string) *turn.Client {
	t.Helper()
	c, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: "192.0.2.1:1", Username: user, Password: password, Conn: packets, LoggerFactory: media.Quiet(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func codeOf(err error) stun.ErrorCode {
	var said *stun.TurnError
	if errors.As(err, &said) {
		return said.ErrorCodeAttr.Code
	}
	return 0
}

// A relay leads to the echo and to nothing else: not to another port of the same
// address, not to another address of this computer, not to anyone else.
func TestRelayLeadsToTheEchoOnly(t *testing.T) {
	for _, transport := range transports() {
		t.Run(transport, func(t *testing.T) {
			p, door := doored(t)
			bystander, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
			if err != nil {
				t.Fatal(err)
			}
			defer bystander.Close()
			user, password := credentials(p.media.turn.secret, "i", time.Now())
			_, packets := reach(t, p, transport, door)
			relay, err := client(t, packets, user, password).Allocate()
			if err != nil {
				t.Fatal(err)
			}
			defer relay.Close()
			request := stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername("a:b")).Raw
			for _, to := range []string{"127.0.0.2", "8.8.8.8", "10.0.0.1"} {
				if _, err := relay.WriteTo(request, &net.UDPAddr{IP: net.ParseIP(to), Port: p.media.port()}); err == nil {
					t.Errorf("it relays to %s", to)
				}
			}
			// The address is the echo's, the port is not.
			_, _ = relay.WriteTo(request, bystander.LocalAddr())
			_ = bystander.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
			if n, _, err := bystander.ReadFrom(make([]byte, 100)); err == nil {
				t.Errorf("%d bytes came to somebody else's port", n)
			}
		})
	}
}

func TestCredentials(t *testing.T) {
	p, door := doored(t)
	now := time.Now()
	good, password := credentials(p.media.turn.secret, "invite-1", now)
	old, oldPassword := credentials(p.media.turn.secret, "invite-1", now.Add(-credentialLife-time.Second))
	long, longPassword := credentials(p.media.turn.secret, "invite-1", now.Add(24*time.Hour))
	strange, strangePassword := credentials([]byte("another secret, of somebody else"), "invite-1", now)
	for _, tt := range []struct {
		name, user, password string
		ok                   bool
	}{
		{"fresh", good, password, true},
		{"expired", old, oldPassword, false},
		{"of tomorrow", long, longPassword, false},
		{"by a stranger", strange, strangePassword, false},
		{"no time", "x:y", passwordOf(p.media.turn.secret, "x:y"), false},
		{"no invite", strings.Split(good, ":")[0], passwordOf(p.media.turn.secret, strings.Split(good, ":")[0]), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, packets := reach(t, p, "tcp", door)
			relay, err := client(t, packets, tt.user, tt.password).Allocate()
			if err == nil {
				_ = relay.Close()
			}
			if (err == nil) != tt.ok {
				t.Errorf("Allocate: %v", err)
			}
		})
	}
	if strings.Contains(good, "invite-1") {
		t.Errorf("the user name %s tells the invite", good)
	}
}

// One invite has so many relays; another invite still gets one. What is given back counts no more.
func TestRelaysAreLimited(t *testing.T) {
	p, door := doored(t)
	user, password := credentials(p.media.turn.secret, "i", time.Now())
	var relays []net.PacketConn
	take := func(user, password string) error {
		_, packets := reach(t, p, "udp", door)
		relay, err := client(t, packets, user, password).Allocate()
		if err == nil {
			relays = append(relays, relay)
			t.Cleanup(func() { _ = relay.Close() })
		}
		return err
	}
	for i := range relaysPerInvite {
		if err := take(user, password); err != nil {
			t.Fatalf("relay %d: %v", i, err)
		}
	}
	if err := take(user, password); codeOf(err) != stun.CodeAllocQuotaReached {
		t.Errorf("one too many: %v", err)
	}
	other, otherPassword := credentials(p.media.turn.secret, "j", time.Now())
	if err := take(other, otherPassword); err != nil {
		t.Errorf("another invite: %v", err)
	}
	_ = relays[0].Close()
	for range 100 {
		if err := take(user, password); err == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("a relay that was given back still counts")
}

// Packets that would end a program, in every transport and with a live relay: the probe goes on.
func TestRelaySurvivesHostilePackets(t *testing.T) {
	for _, transport := range transports() {
		t.Run(transport, func(t *testing.T) {
			p, door := doored(t)
			user, password := credentials(p.media.turn.secret, "i", time.Now())
			conn, packets := reach(t, p, transport, door)
			relay, err := client(t, packets, user, password).Allocate()
			if err != nil {
				t.Fatal(err)
			}
			for _, kind := range []uint16{0x0001, 0x0003, 0x0004, 0x0006, 0x0008, 0x0009, 0x0016, 0x0017, 0x0101, 0x0113} {
				for _, attr := range []uint16{0x0006, 0x0008, 0x000c, 0x000d, 0x0012, 0x0013, 0x0016, 0x0018, 0x0019, 0x001a, 0x0020, 0x0022, 0x002a, 0x8020, 0x8028} {
					for _, length := range []int{0, 1, 3, 8, 20} {
						_, _ = conn.Write(hostile(kind, attr, length))
					}
				}
			}
			_, _ = conn.Write([]byte{0x40, 0, 0xff, 0xff, 1, 2, 3, 4})
			_ = relay.Close()
			_, again := reach(t, p, transport, door)
			fresh, err := client(t, again, user, password).Allocate()
			if err != nil {
				t.Fatalf("it no longer relays: %v", err)
			}
			_ = fresh.Close()
		})
	}
}

// ICE over TCP takes the same: malformed STUN behind a length never reaches the library.
func TestCallsOverTCPSurviveHostilePackets(t *testing.T) {
	p, door := doored(t)
	c, err := net.Dial("tcp", door)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	framed := media.NewFramed(c)
	if err := framed.WritePacket(stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername("a:b")).Raw); err != nil {
		t.Fatal(err)
	}
	for _, attr := range []uint16{0x0006, 0x0008, 0x0012, 0x0020, 0x8020, 0x0024} {
		for _, length := range []int{0, 1, 3, 8, 20} {
			if err := framed.WritePacket(hostile(0x0001, attr, length)); err != nil {
				t.Fatal(err)
			}
		}
	}
	offer, _ := offerFor(t)
	if w := post(t, p, open(t, p, "k"), asJSON(t, offer)); w.Code != http.StatusCreated {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// The port of HTTPS also takes TURN; who speaks nothing known is told so.
func TestOnePortForAll(t *testing.T) {
	p, door := doored(t)
	token := open(t, p, "k")
	web := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer web.CloseIdleConnections()
	resp, err := web.Post("https://"+door+exchange.SessionPath+"/"+token+"/ice", "application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	_, port, _ := net.SplitHostPort(door)
	for _, want := range []string{
		fmt.Sprintf("stun:127.0.0.1:%d", p.media.port()), fmt.Sprintf("turn:127.0.0.1:%d?transport=udp", p.media.port()),
		"turn:127.0.0.1:" + port + "?transport=tcp", "turns:127.0.0.1:" + port + "?transport=tcp", `"tcp":["127.0.0.1:` + port + `"]`,
	} {
		if !strings.Contains(string(body), want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	plain, err := http.Get("http://" + door + "/")
	if err != nil {
		t.Fatal(err)
	}
	_ = plain.Body.Close()
	if plain.StatusCode != http.StatusBadRequest {
		t.Errorf("HTTP without TLS is answered %d", plain.StatusCode)
	}
}
