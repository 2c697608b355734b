package address_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"linecheck/checks/internal/address"
)

func TestLookup(t *testing.T) {
	for host, want := range map[string]string{"127.0.0.1": "127.0.0.1", "::1": "::1", "::ffff:192.0.2.1": "192.0.2.1"} {
		if got, err := address.Lookup(t.Context(), host); err != nil || len(got) != 1 || got[0].String() != want {
			t.Errorf("%s: %v %v", host, got, err)
		}
	}
	var dns *net.DNSError
	if _, err := address.Lookup(t.Context(), "nowhere.invalid"); !errors.As(err, &dns) {
		t.Errorf("a name that is not there: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	begin := time.Now()
	if _, err := address.Lookup(ctx, "nowhere.invalid"); !errors.As(err, &dns) || time.Since(begin) > time.Second {
		t.Errorf("stopped: %v after %v", err, time.Since(begin))
	}
}

func TestSourceAndInterface(t *testing.T) {
	from, err := address.Source(netip.MustParseAddr("127.0.0.1"))
	if err != nil || !from.IsLoopback() {
		t.Fatalf("%v %v", from, err)
	}
	if i, ok := address.Interface(from); !ok || i.Flags&net.FlagLoopback == 0 {
		t.Errorf("%v is of %v", from, i.Name)
	}
	if _, ok := address.Interface(netip.MustParseAddr("203.0.113.77")); ok {
		t.Error("an address that nobody has is found")
	}
}

func TestSplit(t *testing.T) {
	if h, p, err := address.Split("[2001:db8::1]:443"); h != "2001:db8::1" || p != 443 || err != nil {
		t.Errorf("%s %d %v", h, p, err)
	}
	for _, bad := range []string{"", "a", "a:b", "a:70000", "a:-1"} {
		if _, _, err := address.Split(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
