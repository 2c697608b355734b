package hook

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

func TestPublicAddresses(t *testing.T) {
	for _, c := range []struct {
		list             string
		public, reserved bool // reserved: not even where the operator's network is allowed
	}{
		{"8.8.8.8 1.1.1.1 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.0.1.1 223.255.255.255 2606:4700::1111 2a00:1450::1 64:ff9b::808:808 2001:200::1", true, false},
		{"127.0.0.1 127.255.255.255 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 ::1 fc00::1 fdff::1", false, false},
		{"0.0.0.0 0.1.2.3 169.254.169.254 100.64.0.1 192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255", false, true},
		{":: fe80::1 fec0::1 ff02::1 100::1 2001::1 2001:db8::1 2002:7f00:1:: 3fff::1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 4000::1 ::7f00:1", false, true},
	} {
		for _, text := range strings.Fields(c.list) {
			a := netip.MustParseAddr(text)
			if public(a) != c.public || private(a) == c.reserved {
				t.Errorf("%s: public %v, private %v", a, public(a), private(a))
			}
		}
	}
	if public(netip.Addr{}) || private(netip.Addr{}) {
		t.Error("no address is one")
	}
}

func TestNamesOfPrivateHosts(t *testing.T) {
	for _, h := range strings.Fields("localhost LOCALHOST. a.localhost ats ats.local ats.corp.internal x.home.arpa 127.0.0.1 10.1.2.3 ::1 ::ffff:10.1.2.3 fe80::1%1 169.254.169.254") {
		if !namesPrivate(h) {
			t.Errorf("%s names a public host", h)
		}
	}
	for _, h := range strings.Fields("ats.example localhost.example internal.example 8.8.8.8 ::ffff:8.8.8.8 notlocal.locals a.b.home.arpa.example") {
		if namesPrivate(h) {
			t.Errorf("%s names a private host", h)
		}
	}
	for _, h := range strings.Fields("localhost 127.0.0.9 ::1 ::ffff:127.0.0.1") {
		if !namesLoopback(h) {
			t.Errorf("%s is not this computer", h)
		}
	}
	for _, h := range strings.Fields("10.0.0.1 ats localhost.example 128.0.0.1") {
		if namesLoopback(h) {
			t.Errorf("%s is this computer", h)
		}
	}
}

// nameServer answers every question, from 1, with an address; one that is none says that there is no such name.
func nameServer(t *testing.T, answer func(n int32) netip.Addr) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	var asked atomic.Int32
	go func() {
		b := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(b[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			m.Response, m.Additionals = true, nil
			if a := answer(asked.Add(1)); !a.IsValid() {
				m.RCode = dnsmessage.RCodeNameError
			} else if q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 0}, Body: &dnsmessage.AResource{A: a.As4()}}}
			}
			if data, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(data, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// A public name that leads to this computer or into the operator's network is not connected to, whatever
// is allowed elsewhere, and not when it was harmless before either.
func TestNamesThatLeadInside(t *testing.T) {
	var hits atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer srv.Close()
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	loopback := netip.MustParseAddr("127.0.0.1")
	for _, allow := range []bool{false, true} {
		s := newSender(t, openStore(t, t.TempDir()))
		s.AllowPrivate = allow
		d := dialer(public)
		d.Resolver = nameServer(t, func(int32) netip.Addr { return loopback })
		s.outside.Transport.(*http.Transport).DialContext = d.DialContext
		h := s.addTo(t, "https://ats.example:"+port)
		if got, err := s.Try(t.Context(), h.ID, time.Now()); err != nil || got.Answer != "address not allowed" || got.State != store.GivenUp {
			t.Errorf("private %v: %+v %v", allow, got, err)
		}
	}
	if hits.Load() != 0 {
		t.Error("it was connected to")
	}
	// The same name, harmless when it is asked for first.
	d := dialer(public)
	d.Resolver = nameServer(t, func(n int32) netip.Addr {
		if n <= 2 { // for both families
			return netip.MustParseAddr("192.0.2.1")
		}
		return loopback
	})
	for range 2 {
		if c, err := d.DialContext(t.Context(), "tcp", "ats.example:"+port); !errors.Is(err, errForbidden) {
			t.Errorf("%v %v", c, err)
		}
	}
}

// The operator may open their own network for webhooks whose URL says so, link-local addresses never.
func TestTheOperatorsOwnNetwork(t *testing.T) {
	r := newReceiver(t, nil)
	s := newSender(t, openStore(t, t.TempDir()), r)
	loopback := s.addTo(t, r.URL)
	s.inside.Transport.(*http.Transport).TLSClientConfig.ServerName = "example.com"
	metadata := s.addTo(t, "https://169.254.169.254/latest/meta-data")
	unspecified := s.addTo(t, strings.Replace(r.URL, "127.0.0.1", "0.0.0.0", 1))
	mapped := s.addTo(t, strings.Replace(r.URL, "127.0.0.1", "[::ffff:127.0.0.1]", 1))
	for _, c := range []struct {
		hook   store.Hook
		allow  bool
		answer string
	}{
		{loopback, true, "HTTP 204"}, {loopback, false, "address not allowed"}, {metadata, true, "address not allowed"}, {unspecified, true, "address not allowed"},
		{mapped, true, "HTTP 204"}, {mapped, false, "address not allowed"},
	} {
		s.AllowPrivate = c.allow
		if d, err := s.Try(t.Context(), c.hook.ID, time.Now()); err != nil || d.Answer != c.answer {
			t.Errorf("%s with private %v: %+v %v", c.hook.URL, c.allow, d, err)
		}
	}
}

// What a try says tells nothing of the network behind the server.
func TestWhatIsSaidOfATry(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	untrusted := newReceiver(t, nil)
	s := newSender(t, openStore(t, t.TempDir()))
	d := dialer(public)
	d.Resolver = nameServer(t, func(int32) netip.Addr { return netip.Addr{} })
	s.outside.Transport.(*http.Transport).DialContext = d.DialContext
	for address, want := range map[string]string{
		closed.URL: "connection refused", untrusted.URL: "certificate not trusted", "https://nobody.example": "name not found",
	} {
		h := s.addTo(t, address)
		if d, err := s.Try(t.Context(), h.ID, time.Now()); err != nil || d.Answer != want {
			t.Errorf("%s: %q %v, want %q", address, d.Answer, err, want)
		}
	}
}
