package webrtc

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"linecheck/checks/probe"
	"linecheck/checks/testnet"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
)

// far is a real probe behind a real TLS server on this computer.
type far struct {
	probe    *probe.Probe
	server   *http.Server
	done     chan struct{}
	url, pin string
	key      envelope.PrivateKey
}

func newFar(t *testing.T) *far {
	t.Helper()
	return newFarWith(t, func(*probe.Config) {}, nil)
}

func newFarWith(t *testing.T, change func(*probe.Config), twist func(http.Handler) http.Handler) *far {
	t.Helper()
	key, err := envelope.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cfg := probe.Config{Owner: probe.Owner{Key: key}, MediaAddr: "127.0.0.1:0"}
	change(&cfg)
	p, err := probe.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h := p.Handler()
	if twist != nil {
		h = twist(h)
	}
	f := &far{probe: p, key: key}
	f.serve(t, h)
	t.Cleanup(f.die)
	return f
}

// serve listens as the recruiter's server does: TURN and calls over TCP on the port of HTTPS.
func (f *far) serve(t *testing.T, h http.Handler) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cert := certify(t, nil)
	f.pin, f.url = exchange.PinOf(cert.Leaf), "https://"+ln.Addr().String()
	f.server = &http.Server{Handler: h, ConnContext: probe.ConnContext, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute}
	f.done = make(chan struct{})
	door := f.probe.Listen(ln, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"}})
	go func() {
		defer close(f.done)
		_ = f.server.Serve(door)
	}()
}

// certify makes a certificate for 127.0.0.1 that its holder signed; change bends it.
func certify(t *testing.T, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{Organization: []string{"Example Firewall"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	if change != nil {
		change(c)
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// die ends probe and server; it may be called twice.
func (f *far) die() {
	_ = f.probe.Close()
	_ = f.server.Close()
	<-f.done
}

// config is what the session gives the checks.
func (f *far) config(t *testing.T) Config {
	t.Helper()
	return f.configOf(t, t.Name())
}

// configOf is the same for the session of one of several applicants.
func (f *far) configOf(t *testing.T, key string) Config {
	t.Helper()
	client, err := exchange.NewClient(f.url, f.pin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	host := strings.TrimPrefix(f.url, "https://")
	grant, err := f.probe.Open(probe.Subject{
		InviteID: "i", InviteDigest: strings.Repeat("ab", 32), Nonce: "n", SessionKey: key,
	}, host)
	if err != nil {
		t.Fatal(err)
	}
	return Config{
		Far: func(context.Context) (*exchange.Session, error) {
			return &exchange.Session{Client: client, Grant: grant}, nil
		},
		Open: func(e envelope.Envelope) (report.Observation, error) {
			o, err := envelope.Open[report.Observation](e, f.key.Public(), report.ObservationType)
			if err != nil {
				return report.Observation{}, err
			}
			return o.Value(), nil
		},
	}
}

// TestMain fails where any test, however its call ended, left a goroutine behind.
func TestMain(m *testing.M) {
	var err error
	if theAuthority, err = testnet.NewAuthority("Public Authority"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// theAuthority is trusted by this computer while the tests run.
var theAuthority *testnet.Authority

// sideBySide runs all cases at once, however few processors there are: they mostly wait.
func sideBySide[T any](t *testing.T, cases []T, run func(*testing.T, T)) {
	t.Helper()
	var all sync.WaitGroup
	for _, one := range cases {
		all.Go(func() { run(t, one) })
	}
	all.Wait()
}

// plain is the media check without a full line.
func plain(cfg Config) *Media {
	m := NewMedia(cfg)
	m.load = 0
	return m
}

// swallow is a UDP socket that takes everything and says nothing.
func swallow(t *testing.T) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// number looks a metric up and fails the test where it is absent.
func number(t *testing.T, ev report.Evidence, key string) report.Metric {
	t.Helper()
	m, ok := ev.Metric(key)
	if !ok {
		t.Fatalf("%s is absent from %+v", key, ev)
	}
	return m
}

// between fails the test where a metric is out of range.
func between(t *testing.T, ev report.Evidence, key string, low, high float64) {
	t.Helper()
	if m := number(t, ev, key); float64(m.Value) < low || float64(m.Value) > high {
		t.Errorf("%s = %v, want %v to %v", key, m.Value, low, high)
	}
}

type probeConfig = probe.Config

var errAway = errors.New("away")
