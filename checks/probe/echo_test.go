package probe

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v3"
	"go.uber.org/goleak"

	"linecheck/checks/internal/media"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
)

// newKey is a probe's key.
func newKey(tb testing.TB) envelope.PrivateKey {
	tb.Helper()
	key, err := envelope.NewKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func newTestProbe(t *testing.T) *Probe {
	t.Helper()
	key := newKey(t)
	before := goleak.IgnoreCurrent()
	p, err := New(Config{Owner: Owner{Key: key}, MediaAddr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		goleak.VerifyNone(t, before)
	})
	return p
}

// offerFor is a data channel offer by a real peer, which is returned too.
func offerFor(t *testing.T) (string, *webrtc.PeerConnection) {
	t.Helper()
	s := webrtc.SettingEngine{LoggerFactory: media.Quiet()}
	s.SetIncludeLoopbackCandidate(true)
	s.SetICEMulticastDNSMode(1) // disabled
	s.SetIPFilter(net.IP.IsLoopback)
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(s)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pc.GracefulClose() })
	if _, err := pc.CreateDataChannel("x", nil); err != nil {
		t.Fatal(err)
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	return pc.LocalDescription().SDP, pc
}

// post sends a body to a session's echo.
func post(t *testing.T, p *Probe, token, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, exchange.SessionPath+"/"+token+"/echo", strings.NewReader(body))
	w := httptest.NewRecorder()
	p.Handler().ServeHTTP(w, r)
	return w
}

func open(t *testing.T, p *Probe, key string) string {
	t.Helper()
	g, err := p.Open(Subject{InviteDigest: strings.Repeat("ab", 32), SessionKey: key}, "127.0.0.1:8443")
	if err != nil {
		t.Fatal(err)
	}
	return g.Token
}

func asJSON(t *testing.T, sdp string) string {
	t.Helper()
	b, err := json.Marshal(map[string]string{"sdp": sdp})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEchoRefusesWhatIsNoOffer(t *testing.T) {
	p := newTestProbe(t)
	token := open(t, p, "k")
	whole, _ := offerFor(t)
	tests := []struct {
		name, body, code string
		status           int
	}{
		{"no JSON", "hello", "echo.malformed", 400},
		{"another member", `{"sdp":"","x":1}`, "echo.malformed", 400},
		{"empty", `{"sdp":""}`, "echo.offer", 400},
		{"no description", asJSON(t, "m=nonsense"), "echo.offer", 400},
		{"no fingerprint", asJSON(t, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"), "echo.offer", 400},
		{"too many sections", asJSON(t, "v=0\r\n"+strings.Repeat("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", 4)), "echo.offer", 400},
		{"a line that hides behind a lone CR", asJSON(t, strings.Replace(whole, "m=application", "c=IN IP4 0.0.0.0\ra=candidate:1 1 udp 2130706431 192.0.2.1 53 typ host\r\nm=application", 1)), "echo.offer", 400},
		{"too long", asJSON(t, strings.Repeat("a", 70<<10)), "echo.too-long", 413},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := post(t, p, token, tt.body)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.code) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	waitForSeats(t, p, 0)
}

// waitForSeats waits until so many peers are left.
func waitForSeats(t *testing.T, p *Probe, want int) {
	t.Helper()
	seats := -1
	for range 300 {
		p.media.mu.Lock()
		seats = p.media.seats
		p.media.mu.Unlock()
		if seats == want {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d peers are left, want %d", seats, want)
}

func TestEchoAnswersWithItsOwnAddressOnly(t *testing.T) {
	p := newTestProbe(t)
	offer, _ := offerFor(t)
	w := post(t, p, open(t, p, "k"), asJSON(t, offer))
	if w.Code != http.StatusCreated {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	want := fmt.Sprintf("127.0.0.1 %d typ host", p.media.port())
	if n := strings.Count(w.Body.String(), "candidate:"); n != 1 || !strings.Contains(w.Body.String(), want) {
		t.Errorf("%d candidates, want %q: %s", n, want, w.Body)
	}
}

// A session has a few calls at once; the oldest makes room for one more. Other sessions keep theirs.
func TestASessionHasAFewCallsAtOnce(t *testing.T) {
	p := newTestProbe(t)
	first, second := open(t, p, "k1"), open(t, p, "k2")
	for _, token := range append([]string{second}, slices.Repeat([]string{first}, maxOwn+2)...) {
		offer, _ := offerFor(t)
		if w := post(t, p, token, asJSON(t, offer)); w.Code != http.StatusCreated {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	waitForSeats(t, p, maxOwn+1)
}

func TestEchoRestartsOnlyWhatItKnows(t *testing.T) {
	p := newTestProbe(t)
	offer, _ := offerFor(t)
	body, err := json.Marshal(exchange.Echo{SDP: offer, Call: "1"})
	if err != nil {
		t.Fatal(err)
	}
	if w := post(t, p, open(t, p, "k"), string(body)); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "echo.unknown") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestEchoIsFull(t *testing.T) {
	p := newTestProbe(t)
	p.media.mu.Lock()
	p.media.seats += maxPeers
	p.media.mu.Unlock()
	offer, _ := offerFor(t)
	if w := post(t, p, open(t, p, "k"), asJSON(t, offer)); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "echo.full") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	p.media.mu.Lock()
	p.media.seats -= maxPeers
	p.media.mu.Unlock()
}

func TestWithoutMediaAddressThereIsNoEcho(t *testing.T) {
	key := newKey(t)
	p, err := New(Config{Owner: Owner{Key: key}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	g, err := p.Open(Subject{}, "h")
	if err != nil || len(g.STUN) != 0 {
		t.Errorf("STUN %v, %v", g.STUN, err)
	}
	if w := post(t, p, g.Token, asJSON(t, "v=0\r\nm=audio\r\n")); w.Code != http.StatusNotImplemented {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestAddresses(t *testing.T) {
	p := newTestProbe(t)
	port := p.media.port()
	for host, want := range map[string]string{
		"jobs.example":      fmt.Sprintf("jobs.example:%d", port),
		"jobs.example:8443": fmt.Sprintf("jobs.example:%d", port),
		"[::1]:8443":        fmt.Sprintf("[::1]:%d", port),
	} {
		if got := p.media.addresses(host); len(got) == 0 || got[0] != want {
			t.Errorf("addresses(%q) = %v, want %s", host, got, want)
		}
	}
	p.media.cfg.PublicHost = "media.example"
	if got := p.media.addresses("jobs.example"); got[0] != fmt.Sprintf("media.example:%d", port) {
		t.Errorf("with a public host: %v", got)
	}
}

func TestAdvertised(t *testing.T) {
	local := &net.TCPAddr{IP: net.IPv4(203, 0, 113, 9), Port: 443}
	ctx := context.WithValue(t.Context(), http.LocalAddrContextKey, net.Addr(local))
	p, err := New(Config{MediaAddr: ":0"})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	ips := p.media.advertised(ctx)
	if len(ips) == 0 || !ips[0].Equal(local.IP) {
		t.Errorf("advertised %v, want first the address the request came in by", ips)
	}
	for _, ip := range ips {
		if ip.IsLinkLocalUnicast() {
			t.Errorf("link-local %v is advertised", ip)
		}
	}
	p.media.cfg.PublicHost = "198.51.100.4"
	p.media.lookUp()
	if ips := p.media.advertised(ctx); len(ips) != 1 || ips[0].String() != "198.51.100.4" {
		t.Errorf("with a public host: %v", ips)
	}
}

// A server whose resolver is silent lets no call wait for it, and keeps the addresses it knew.
func TestSilentResolver(t *testing.T) {
	asked, over := make(chan struct{}, 1), make(chan struct{})
	before := goleak.IgnoreCurrent()
	defer func() { close(over); goleak.VerifyNone(t, before) }() // other tests would see what looks up
	p, err := New(Config{MediaAddr: ":0"})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	m := p.media
	m.cfg.PublicHost, m.known.ips = "media.example", []net.IP{net.IPv4(198, 51, 100, 4)}
	m.cfg.resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		select {
		case asked <- struct{}{}:
		default:
		}
		select {
		case <-ctx.Done():
		case <-over:
		}
		return nil, net.ErrClosed
	}}
	begin := time.Now()
	for range 3 {
		if ips := m.advertised(t.Context()); len(ips) != 1 || !ips[0].Equal(m.known.ips[0]) {
			t.Fatalf("advertised %v", ips)
		}
	}
	if took := time.Since(begin); took > lookLimit/2 {
		t.Errorf("three calls waited %v for the resolver", took)
	}
	<-asked // it was asked all the same
}
