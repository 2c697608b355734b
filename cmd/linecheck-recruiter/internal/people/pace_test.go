package people

import (
	"fmt"
	"testing"

	"golang.org/x/time/rate"
)

func TestNetworks(t *testing.T) {
	for from, want := range map[string]string{
		"192.0.2.1:80": "192.0.2.1", "192.0.2.1": "192.0.2.1", "[::ffff:192.0.2.1]:80": "192.0.2.1",
		"[2001:db8:1:2:3:4:5:6]:80": "2001:db8:1:2::/64", "2001:db8:1:2::9": "2001:db8:1:2::/64", "[fe80::1%eth0]:1": "fe80::/64",
		"": "unknown", "unix": "unknown", "@": "unknown", "192.0.2.1.5:80": "unknown",
	} {
		if got := networkOf(from); got != want {
			t.Errorf("%q: %q, want %q", from, got, want)
		}
	}
}

// However many addresses and logins are tried, the memory for them is bounded.
func TestPaceIsBounded(t *testing.T) {
	p := newPace()
	for i := range mostPaced + 100 {
		if p.try(fmt.Sprint(i), fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255), noon()) == nil {
			t.Fatal(i)
		}
	}
	for what, l := range map[string]*limits{"addresses": p.addresses, "logins": p.logins} {
		if n := len(l.seen); n > mostPaced || n < 100 {
			t.Errorf("%d %s are remembered", n, what)
		}
	}
	for i := range 10 {
		try := p.try("ana", fmt.Sprintf("192.0.2.%d", i), noon())
		try.good(noon())
		try.good(noon())
	}
	if n := len(p.known["ana"]); n != mostKnown || !p.isKnown("ana", "192.0.2.9") || p.isKnown("ana", "192.0.2.1") || p.isKnown("ben", "192.0.2.9") {
		t.Errorf("known are %v", p.known)
	}
}

// What was taken back can be taken again, as often as it was taken back.
func TestTakenBack(t *testing.T) {
	l := &limits{every: rate.Every(addressEvery), burst: 2, seen: map[string]*rate.Limiter{}}
	one, two := l.take("a", noon()), l.take("a", noon())
	if one == nil || two == nil || l.take("a", noon()) != nil {
		t.Fatal("not two")
	}
	one.CancelAt(noon())
	if l.take("a", noon()) == nil || l.take("a", noon()) != nil || l.take("b", noon()) == nil {
		t.Error("not one more, or not another's")
	}
}
