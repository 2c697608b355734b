package probe

import (
	"net/netip"
	"testing"
	"time"
)

func TestCounterIsBounded(t *testing.T) {
	var c counter
	now := time.Now()
	addr := func(i int) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 1)
	}
	for i := range mostCounted {
		if n, ok := c.add(addr(i), now); n != 1 || !ok {
			t.Fatalf("%d: %d %v", i, n, ok)
		}
	}
	if _, ok := c.add(addr(mostCounted), now); ok {
		t.Error("one too many is counted")
	}
	if n, ok := c.add(addr(3), now); n != 2 || !ok {
		t.Errorf("a known one: %d %v", n, ok)
	}
	if n, ok := c.add(addr(mostCounted), now.Add(2*countedFor)); n != 1 || !ok || len(c.seen) > 10 {
		t.Errorf("later: %d %v, %d remembered", n, ok, len(c.seen))
	}
}
