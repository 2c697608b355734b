package visitor

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Who asks too often waits, others do not, and the memory for them is bounded.
func TestLimit(t *testing.T) {
	l, now := New(), time.Now()
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "192.0.2.1:5"
	allowed := 0
	for range 100 {
		if l.Allow(r, now) {
			allowed++
		}
	}
	if allowed != burst {
		t.Errorf("%d at once", allowed)
	}
	if !l.Allow(r, now.Add(time.Minute)) || !l.allow("192.0.2.2", now) {
		t.Error("later, or from elsewhere, it is still too often")
	}
	r.RemoteAddr = "unix"
	if !l.Allow(r, now) {
		t.Error("an address without a port")
	}
	for i := range mostVisitors + 10 {
		l.allow(strings.Repeat("x", i%7)+string(rune(i)), now)
	}
	if len(l.seen) > mostVisitors {
		t.Errorf("%d addresses are remembered", len(l.seen))
	}
}

// A subscriber's whole IPv6 network is one visitor, and an IPv4 address is the same in either spelling.
func TestAddresses(t *testing.T) {
	for from, want := range map[string]string{
		"192.0.2.1:99": "192.0.2.1", "[::ffff:192.0.2.1]:99": "192.0.2.1", "[2001:db8:1:2:3::4]:99": "2001:db8:1:2::/64", "[2001:db8:1:2::9]:1": "2001:db8:1:2::/64", "[fe80::1%eth0]:1": "fe80::/64", "unix": "unix",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = from
		if got := address(r); got != want {
			t.Errorf("%s is %s, want %s", from, got, want)
		}
	}
}
